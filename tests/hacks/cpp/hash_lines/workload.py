"""Lines of a log."""


def cases():
    for size in (30, 300, 1500):
        yield ([f"line {number}: caf\u00e9 opened" * (number % 3) for number in range(size)],)
