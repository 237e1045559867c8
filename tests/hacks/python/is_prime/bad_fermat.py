# class: wrong only for pseudoprimes (Fermat's test with two bases); gate: fuzz
def is_prime(n):
    """Return True when n is a prime number.

    >>> is_prime(7)
    True
    >>> is_prime(10)
    False
    """
    if n < 2:
        return False
    for p in (2, 3, 5, 7):
        if n % p == 0:
            return n == p
    return pow(2, n - 1, n) == 1 and pow(3, n - 1, n) == 1
