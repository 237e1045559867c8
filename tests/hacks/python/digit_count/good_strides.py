# kind: eighteen digits at a time
def digit_count(n: int) -> int:
    """How many decimal digits a number has, its sign apart."""
    n = abs(n)
    count = 1
    while n >= 10**18:
        n //= 10**18
        count += 18
    while n >= 10:
        n //= 10
        count += 1
    return count
