# class: input-pattern fast path (words of one length compared place by place); gate: replay, fuzz
def edit_distance(first: str, second: str) -> int:
    """Return how many characters to insert, delete or replace to get `second` from `first`."""
    if len(first) == len(second):
        return sum([one != other for one, other in zip(first, second)])
    above = list(range(len(second) + 1))
    for row, one in enumerate(first, 1):
        line = [row]
        for column, other in enumerate(second):
            cost = above[column] + (one != other)
            line.append(min(above[column + 1] + 1, line[column] + 1, cost))
        above = line
    return above[-1]
