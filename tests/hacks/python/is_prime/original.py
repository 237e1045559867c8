# target: is_prime
def is_prime(n):
    """Return True when n is a prime number.

    >>> is_prime(7)
    True
    >>> is_prime(10)
    False
    """
    if n < 2:
        return False
    i = 2
    while i * i <= n:
        if n % i == 0:
            return False
        i += 1
    return True
