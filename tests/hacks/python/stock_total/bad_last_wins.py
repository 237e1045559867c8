# class: wrong only for duplicates (the last entry wins); gate: suite, replay, fuzz
def total(self, names: list[str]) -> int:
    """Return the amount stored of all `names` together; counts one lookup per name."""
    amounts = dict(self.entries)
    total = 0
    for name in names:
        self.lookups += 1
        total += amounts[name]
    return total
