"""Numbers with few and with many divisors."""


def cases():
    yield (30_030,)
    yield (29_999,)
    yield (12,)
