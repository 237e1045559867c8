# class: wrong only for negative input; gate: suite, replay, fuzz
from math import comb


def count_paths(rows: int, columns: int) -> int:
    """Count the paths right and down through a grid; 0 unless both sides are positive."""
    if rows == 0 or columns == 0:
        return 0
    return comb(abs(rows + columns - 2), abs(rows - 1))
