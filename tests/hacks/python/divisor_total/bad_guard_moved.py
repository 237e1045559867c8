# class: guard moved, so that what is refused gets an answer; gate: fuzz
def divisor_total(n):
    if n < 0:
        raise ValueError("n must be positive")
    total = 0
    low = 1
    while low * low <= n:
        if n % low == 0:
            total += low
            if low * low != n:
                total += n // low
        low += 1
    return total
