# kind: data structure (amounts gathered once per call)
def total(self, names: list[str]) -> int:
    """Return the amount stored of all `names` together; counts one lookup per name.

    Raises:
        KeyError: one of the names is not stored.
    """
    amounts: dict[str, int] = {}
    for entry, amount in self.entries:
        amounts[entry] = amounts.get(entry, 0) + amount
    total = 0
    for name in names:
        self.lookups += 1
        if name not in amounts:
            raise KeyError(name)
        total += amounts[name]
    return total
