# class: overflow, wrong only for huge ints (numpy int64); gate: policy, fuzz
import numpy as np


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
    if not left or not columns:
        return [[] for _ in left]
    return (np.array(left, dtype=np.int64) @ np.array(right, dtype=np.int64)).tolist()
