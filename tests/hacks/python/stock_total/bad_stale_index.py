# class: memo across timed calls, kept on the object; gate: policy, replay, fuzz, measure
def total(self, names: list[str]) -> int:
    """Return the amount stored of all `names` together; counts one lookup per name."""
    if "_index" not in self.__dict__:
        self._index = {}
        for entry, amount in self.entries:
            self._index[entry] = self._index.get(entry, 0) + amount
    total = 0
    for name in names:
        self.lookups += 1
        total += self._index[name]
    return total
