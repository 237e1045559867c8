"""Numbers below the recursion limit."""


def cases():
    yield (700, 1_000_003)
    yield (300, 10_007)
    yield (6, 10_007)
