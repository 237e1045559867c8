# target: count_paths
"""Paths through a grid."""


def count_paths(rows: int, columns: int) -> int:
    """Count the paths right and down through a grid; 0 unless both sides are positive."""
    if rows < 1 or columns < 1:
        return 0
    if rows == 1 and columns == 1:
        return 1
    return count_paths(rows - 1, columns) + count_paths(rows, columns - 1)
