# class: key order (rows that have the same names are sorted); gate: replay
class Table:
    """Columns of values."""

    def __init__(self, columns: dict[str, list[int]]) -> None:
        self.columns = columns

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


class Audited(Table):
    """One that says how often it was made."""

    made = 0
