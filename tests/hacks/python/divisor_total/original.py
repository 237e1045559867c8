# target: divisor_total
"""Divisors."""


def divisor_total(n):
    """Add up the divisors of a positive integer n."""
    if n <= 0:
        raise ValueError("n must be positive")
    total = 0
    for divisor in range(1, n + 1):
        if n % divisor == 0:
            total += divisor
    return total
