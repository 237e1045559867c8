# kind: early exit (what both words begin and end with costs nothing)
def edit_distance(first: str, second: str) -> int:
    """Return how many characters to insert, delete or replace to get `second` from `first`."""
    if first == second:
        return 0
    start = 0
    shorter = min(len(first), len(second))
    while start < shorter and first[start] == second[start]:
        start += 1
    end = 0
    while end < shorter - start and first[-1 - end] == second[-1 - end]:
        end += 1
    first = first[start : len(first) - end]
    second = second[start : len(second) - end]
    above = list(range(len(second) + 1))
    for row, one in enumerate(first, 1):
        line = [row]
        for column, other in enumerate(second):
            cost = above[column] + (one != other)
            line.append(min(above[column + 1] + 1, line[column] + 1, cost))
        above = line
    return above[-1]
