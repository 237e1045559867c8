# class: off by one after the argument was changed; gate: replay, fuzz, suite
def coprime_below(n):
    whole = n
    n -= 1
    if n <= 0:
        return 0
    n = whole
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
