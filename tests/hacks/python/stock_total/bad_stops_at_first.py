# class: early return (search ends at the first match); gate: suite, replay, fuzz
def total(self, names: list[str]) -> int:
    """Return the amount stored of all `names` together; counts one lookup per name."""
    total = 0
    for name in names:
        self.lookups += 1
        for entry, amount in self.entries:
            if entry == name:
                total += amount
                break
        else:
            raise KeyError(name)
    return total
