# class: results that share a part (one list for every column of zeros); gate: fuzz
@classmethod
def from_rows(cls, rows: list[dict[str, int]]) -> "Table":
    """The table of the rows; what a row lacks is 0."""
    names = {}
    for row in rows:
        names.update(row)
    columns = dict.fromkeys(names)
    zeros = [0] * len(rows)
    for name in names:
        column = [row.get(name, 0) for row in rows]
        columns[name] = column if any(column) else zeros
    return cls(columns)
