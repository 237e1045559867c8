# target: distinct_rows
def distinct_rows(rows: list[list[int]]) -> list[list[int]]:
    """The rows without those that came before."""
    kept = []
    for row in rows:
        if row not in kept:
            kept.append(row)
    return kept
