# class: float for int result; gate: replay, fuzz
def count_paths(rows: int, columns: int) -> int:
    """Count the paths right and down through a grid; 0 unless both sides are positive."""
    if rows < 1 or columns < 1:
        return 0
    paths = 1
    for step in range(1, rows):
        paths = paths * (columns - 1 + step) / step
    return paths
