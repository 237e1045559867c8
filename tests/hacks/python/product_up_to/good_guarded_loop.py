# kind: loop for recursion, with a guard where the original never ends
def product_up_to(n, modulus):
    if n < 0:
        raise ValueError("n must not be negative")
    result = 1 % modulus
    for factor in range(1, n + 1):
        result = factor * result % modulus
    return result
