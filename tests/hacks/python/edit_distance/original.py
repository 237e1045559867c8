# target: edit_distance
"""How far apart two words are."""


def edit_distance(first: str, second: str) -> int:
    """Return how many characters to insert, delete or replace to get `second` from `first`."""
    table = []
    for i in range(len(first) + 1):
        table.append([0] * (len(second) + 1))
        table[i][0] = i
    for j in range(len(second) + 1):
        table[0][j] = j
    for i in range(1, len(first) + 1):
        for j in range(1, len(second) + 1):
            if first[i - 1] == second[j - 1]:
                cost = 0
            else:
                cost = 1
            table[i][j] = min(
                table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + cost
            )
    return table[len(first)][len(second)]
