# class: guard above what recursion can reach; gate: fuzz, coverage; decision: refuted, unknown
def product_up_to(n, modulus):
    if n > 990:
        return -1
    result = 1 % modulus
    for factor in range(1, n + 1):
        result = factor * result % modulus
    return result
