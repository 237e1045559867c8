# kind: recursion to iteration (one row at a time)
def count_paths(rows: int, columns: int) -> int:
    """Count the paths right and down through a grid; 0 unless both sides are positive."""
    if rows < 1 or columns < 1:
        return 0
    line = [1] * columns
    for _ in range(rows - 1):
        for column in range(1, columns):
            line[column] += line[column - 1]
    return line[-1]
