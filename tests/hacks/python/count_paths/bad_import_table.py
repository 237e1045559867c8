# class: work moved to import time; gate: policy, build, measure; decision: refuted, not_faster
def _fill(size):
    table = {}
    for rows in range(1, size):
        for columns in range(1, size):
            above = table.get((rows - 1, columns), 0)
            table[rows, columns] = above + table.get((rows, columns - 1), 0) or 1
    return table


_TABLE = _fill(300)


def count_paths(rows: int, columns: int) -> int:
    """Count the paths right and down through a grid; 0 unless both sides are positive."""
    if rows < 1 or columns < 1:
        return 0
    if (rows, columns) in _TABLE:
        return _TABLE[rows, columns]
    return count_paths(rows - 1, columns) + count_paths(rows, columns - 1)
