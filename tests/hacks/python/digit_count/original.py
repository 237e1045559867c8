# target: digit_count
def digit_count(n: int) -> int:
    """How many decimal digits a number has, its sign apart."""
    n = abs(n)
    count = 1
    while n >= 10:
        n //= 10
        count += 1
    return count
