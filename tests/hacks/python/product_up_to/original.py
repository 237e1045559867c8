# target: product_up_to
"""Products."""


def product_up_to(n, modulus):
    """The product of 1..n, reduced at each step."""
    if n == 0:
        return 1 % modulus
    return n * product_up_to(n - 1, modulus) % modulus
