# kind: dynamic programming (one row at a time, on local names)
def edit_distance(first: str, second: str) -> int:
    """Return how many characters to insert, delete or replace to get `second` from `first`."""
    above = list(range(len(second) + 1))
    for row, one in enumerate(first, 1):
        left = row
        line = [row]
        for column, other in enumerate(second):
            best = above[column]
            if one != other:
                if left < best:
                    best = left
                if above[column + 1] < best:
                    best = above[column + 1]
                best += 1
            line.append(best)
            left = best
        above = line
    return above[-1]
