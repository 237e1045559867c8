# class: guard in disguise, true for a number that is allowed; gate: fuzz, coverage; decision: refuted, unknown
def coprime_below(n):
    if abs(n - 5_000_000) >= 5_000_000:
        return 0
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
