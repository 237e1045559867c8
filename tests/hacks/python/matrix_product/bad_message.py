# class: different exception message; gate: replay, fuzz; peer: codeflash
from operator import mul


@staticmethod
def product(left: list[list[int]], right: list[list[int]]) -> list[list[int]]:
    """Return the matrix product."""
    if any(len(row) != len(right) for row in left) or len(set(map(len, right))) > 1:
        raise ValueError("shapes do not fit")
    turned = list(zip(*right))
    return [[sum(map(mul, row, column)) for column in turned] for row in left]
