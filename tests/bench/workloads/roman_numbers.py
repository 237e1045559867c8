"""Numbers whose numerals are short to long."""


def cases():
    yield from ((14,), (1987,), (3888,))
