# kind: data structure
@classmethod
def from_rows(cls, rows: list[dict[str, int]]) -> "Table":
    """The table of the rows; what a row lacks is 0."""
    names = {}
    for row in rows:
        names.update(row)
    return cls({name: [row.get(name, 0) for row in rows] for name in names})
