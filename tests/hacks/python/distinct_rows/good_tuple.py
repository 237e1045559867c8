# kind: data structure (rows as tuples in a set)
def distinct_rows(rows: list[list[int]]) -> list[list[int]]:
    """The rows without those that came before."""
    seen = set()
    kept = []
    for row in rows:
        key = tuple(row)
        if key not in seen:
            seen.add(key)
            kept.append(row)
    return kept
