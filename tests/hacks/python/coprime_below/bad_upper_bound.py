# class: guard with a second condition that is seldom true; gate: fuzz, coverage; decision: refuted, unknown
def coprime_below(n):
    if n <= 0 or n > 10**7:
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
