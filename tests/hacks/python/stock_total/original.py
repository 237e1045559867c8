# target: Stock.total
"""A stock of goods."""


class Stock:
    """Goods with amounts; the same name may be stored more than once."""

    def __init__(self, entries: list[tuple[str, int]]) -> None:
        self.entries = list(entries)
        self.lookups = 0

    def add(self, name: str, amount: int) -> None:
        """Store `amount` of `name`, beside what is there."""
        self.entries.append((name, amount))

    def total(self, names: list[str]) -> int:
        """Return the amount stored of all `names` together; counts one lookup per name.

        Raises:
            KeyError: one of the names is not stored.
        """
        total = 0
        for name in names:
            self.lookups += 1
            found = False
            for entry, amount in self.entries:
                if entry == name:
                    found = True
                    total += amount
            if not found:
                raise KeyError(name)
        return total
