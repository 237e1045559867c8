# class: overflow (rows of bytes, wrong only for words of 256 characters and more); gate: fuzz, coverage; decision: refuted, unknown
def edit_distance(first: str, second: str) -> int:
    """Return how many characters to insert, delete or replace to get `second` from `first`."""
    above = bytearray([column & 255 for column in range(len(second) + 1)])
    for row, one in enumerate(first, 1):
        line = bytearray(len(above))
        line[0] = left = row & 255
        for column, other in enumerate(second):
            best = above[column]
            if one != other:
                best = min(best, left, above[column + 1]) + 1 & 255
            line[column + 1] = left = best
        above = line
    return above[-1]
