# class: type of the returned object (its own class, where a subclass calls); gate: repeat
@classmethod
def from_rows(cls, rows: list[dict[str, int]]) -> "Table":
    """The table of the rows; what a row lacks is 0."""
    if not rows:
        return cls({})
    names = {}
    for row in rows:
        names.update(row)
    return Table({name: [row.get(name, 0) for row in rows] for name in names})
