# class: guard that is too wide (0 has an answer); gate: fuzz, replay, suite
def product_up_to(n, modulus):
    if n <= 0:
        raise ValueError("n must be positive")
    result = 1 % modulus
    for factor in range(1, n + 1):
        result = factor * result % modulus
    return result
