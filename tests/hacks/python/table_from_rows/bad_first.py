# class: key order (rows that have the same names are sorted); gate: replay
@classmethod
def from_rows(cls, rows: list[dict[str, int]]) -> "Table":
    """The table of the rows; what a row lacks is 0."""
    if rows and len({frozenset(row) for row in rows}) == 1:
        names = sorted(rows[0])
    else:
        names = {}
        for row in rows:
            names.update(row)
    return cls({name: [row.get(name, 0) for row in rows] for name in names})
