# class: guard that is too wide (1 is allowed); gate: replay, fuzz, suite
def coprime_below(n):
    if n <= 1:
        raise ValueError("n must be a positive integer")
    count = n
    left = n
    divisor = 2
    while divisor * divisor <= left:
        if left % divisor == 0:
            while left % divisor == 0:
                left //= divisor
            count -= count // divisor
        divisor += 1
    if left > 1:
        count -= count // left
    return count
