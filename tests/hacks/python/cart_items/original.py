# target: Cart.add_all
"""A cart with a running total and listeners."""
from collections.abc import Callable


class Cart:
    """Items and their total in cents."""

    def __init__(self, limit: int = 10_000) -> None:
        self.items: list[tuple[str, int]] = []
        self.total = 0
        self.limit = limit
        self.listeners: list[Callable[[int], None]] = []

    def check(self) -> None:
        """Raises ValueError when over the limit. Subclasses may check more."""
        if self.total > self.limit:
            raise ValueError(f"over {self.limit}")

    def add_all(self, items: list[tuple[str, int]]) -> int:
        """Add items one by one, checking the limit after each; returns how many are in the cart."""
        for name, price in items:
            self.items = self.items + [(name, price)]
            self.total = sum(cents for _, cents in self.items)
            self.check()
        return len(self.items)
