"""Primes, which take longest."""

def cases():
    yield (1000003,)
    yield (99991,)
    yield (2147483647,)
