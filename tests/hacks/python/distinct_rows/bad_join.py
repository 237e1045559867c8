# class: equal spellings for equal contents (1, 23 and 12, 3); gate: fuzz
def distinct_rows(rows: list[list[int]]) -> list[list[int]]:
    """The rows without those that came before."""
    seen = set()
    kept = []
    for row in rows:
        key = "".join(map(str, row))
        if key not in seen:
            seen.add(key)
            kept.append(row)
    return kept
