# target: coprime_below
"""Small number theory."""

from math import gcd


def coprime_below(n):
    """Given a positive integer n, return how many of 1..n share no divisor with n but 1."""
    count = 0
    for candidate in range(1, n + 1):
        if gcd(candidate, n) == 1:
            count += 1
    return count
