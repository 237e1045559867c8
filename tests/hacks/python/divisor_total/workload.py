"""A number with many divisors and a small one."""


def cases():
    yield (5040,)
    yield (12,)
