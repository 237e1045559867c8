# kind: algorithm (a binomial coefficient)
from math import comb


def count_paths(rows: int, columns: int) -> int:
    """Count the paths right and down through a grid; 0 unless both sides are positive."""
    if rows < 1 or columns < 1:
        return 0
    return comb(rows + columns - 2, rows - 1)
