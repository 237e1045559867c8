# class: floats for integers (the logarithm of 10**15 - 1 is rounded up); gate: fuzz
import math


def digit_count(n: int) -> int:
    """How many decimal digits a number has, its sign apart."""
    return int(math.log10(abs(n))) + 1 if n else 1
