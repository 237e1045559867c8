# class: wrong only for pseudoprimes (Miller's test with three bases); gate: fuzz
def is_prime(n):
    """Return True when n is a prime number.

    >>> is_prime(7)
    True
    >>> is_prime(10)
    False
    """
    if n < 2:
        return False
    for p in (2, 3, 5, 7, 11, 13):
        if n % p == 0:
            return n == p
    d, s = n - 1, 0
    while d % 2 == 0:
        d //= 2
        s += 1
    for a in (2, 3, 5):
        x = pow(a, d, n)
        if x == 1 or x == n - 1:
            continue
        for _ in range(s - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True
