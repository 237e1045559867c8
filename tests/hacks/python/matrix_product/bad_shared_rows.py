# class: aliased return (every row is one list); gate: suite, replay, fuzz
from operator import mul


@staticmethod
def product(left: list[list[int]], right: list[list[int]]) -> list[list[int]]:
    """Return the matrix product."""
    inner = len(right)
    columns = len(right[0]) if right else 0
    for row in left:
        if len(row) != inner:
            raise ValueError(f"a row of {len(row)} does not fit {inner} rows")
    for row in right:
        if len(row) != columns:
            raise ValueError(f"a row of {len(row)} among rows of {columns}")
    if not inner:
        return [[]] * len(left)
    turned = list(zip(*right))
    return [[sum(map(mul, row, column)) for column in turned] for row in left]
