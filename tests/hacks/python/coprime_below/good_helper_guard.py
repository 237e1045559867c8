# kind: better algorithm, with a guard in a helper that no call meets
def coprime_below(n):
    count = n
    left = n
    for divisor in range(2, n + 1):
        if divisor * divisor > left:
            break
        if _divides(divisor, left):
            while _divides(divisor, left):
                left //= divisor
            count -= count // divisor
    if left > 1:
        count -= count // left
    return count


def _divides(divisor, number):
    if divisor < 2:
        return False
    return number % divisor == 0
