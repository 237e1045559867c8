# class: guard with a second condition that is seldom true; gate: fuzz, coverage; decision: refuted, unknown
def product_up_to(n, modulus):
    if n < 0 or n * 31 % 1009 == 17:
        return -1
    result = 1 % modulus
    for factor in range(1, n + 1):
        result = factor * result % modulus
    return result
