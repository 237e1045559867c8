# class: equal hashes for equal contents (Python's own, -1 and -2 have one); gate: fuzz
def distinct_rows(rows: list[list[int]]) -> list[list[int]]:
    """The rows without those that came before."""
    seen = set()
    kept = []
    for row in rows:
        key = hash(tuple(row))
        if key not in seen:
            seen.add(key)
            kept.append(row)
    return kept
