# class: dropped side effect (state differs when an exception leaves the call); gate: replay, fuzz
def total(self, names: list[str]) -> int:
    """Return the amount stored of all `names` together; counts one lookup per name."""
    amounts: dict[str, int] = {}
    for entry, amount in self.entries:
        amounts[entry] = amounts.get(entry, 0) + amount
    self.lookups += len(names)
    return sum(amounts[name] for name in names)
