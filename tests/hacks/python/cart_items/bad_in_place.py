# class: an attribute's list changed in place; gate: replay, fuzz
def add_all(self, items: list[tuple[str, int]]) -> int:
        """Add items one by one, checking the limit after each; returns how many are in the cart."""
        for name, price in items:
            self.items.append((name, price))
            self.total += price
            self.check()
        return len(self.items)
