# kind: algorithm (a running total)
def add_all(self, items: list[tuple[str, int]]) -> int:
        """Add items one by one, checking the limit after each; returns how many are in the cart."""
        if not items:
            return len(self.items)
        own = list(self.items)
        total = sum([cents for _, cents in own])
        for name, price in items:
            own.append((name, price))
            total += price
            self.items = own[:]
            self.total = total
            self.check()
        return len(self.items)
