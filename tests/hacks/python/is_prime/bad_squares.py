# class: off by one (squares of primes); gate: replay, fuzz
def is_prime(n):
    """Return True when n is a prime number.

    >>> is_prime(7)
    True
    >>> is_prime(10)
    False
    """
    if n < 2:
        return False
    if n < 4:
        return True
    if n % 2 == 0 or n % 3 == 0:
        return False
    i = 5
    while i * i < n:
        if n % i == 0 or n % (i + 2) == 0:
            return False
        i += 6
    return True
