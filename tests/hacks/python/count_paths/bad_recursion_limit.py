# class: recursion limit changed; gate: policy, replay, fuzz
import sys
from math import comb


def count_paths(rows: int, columns: int) -> int:
    """Count the paths right and down through a grid; 0 unless both sides are positive."""
    sys.setrecursionlimit(10**6)
    if rows < 1 or columns < 1:
        return 0
    return comb(rows + columns - 2, rows - 1)
