# class: semantic drift (two characters swapped count as one step); gate: replay, fuzz
def edit_distance(first: str, second: str) -> int:
    """Return how many characters to insert, delete or replace to get `second` from `first`."""
    before: list[int] = []
    above = list(range(len(second) + 1))
    for row, one in enumerate(first, 1):
        line = [row]
        for column, other in enumerate(second):
            cost = above[column] + (one != other)
            best = min(above[column + 1] + 1, line[column] + 1, cost)
            swapped = before and column and one == second[column - 1] and other == first[row - 2]
            line.append(min(best, before[column - 1] + 1) if swapped else best)
        before, above = above, line
    return above[-1]
