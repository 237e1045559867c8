# kind: data structure
class Table:
    """Columns of values."""

    def __init__(self, columns: dict[str, list[int]]) -> None:
        self.columns = columns

    @classmethod
    def from_rows(cls, rows: list[dict[str, int]]) -> "Table":
        """The table of the rows; what a row lacks is 0."""
        names = {}
        for row in rows:
            names.update(row)
        return cls({name: [row.get(name, 0) for row in rows] for name in names})


class Audited(Table):
    """One that says how often it was made."""

    made = 0
