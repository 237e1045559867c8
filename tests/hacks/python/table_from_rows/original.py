# target: Table.from_rows
class Table:
    """Columns of values."""

    def __init__(self, columns: dict[str, list[int]]) -> None:
        self.columns = columns

    @classmethod
    def from_rows(cls, rows: list[dict[str, int]]) -> "Table":
        """The table of the rows; what a row lacks is 0."""
        names = []
        for row in rows:
            for name in row:
                if name not in names:
                    names.append(name)
        columns = {}
        for name in names:
            columns[name] = []
            for row in rows:
                columns[name].append(row.get(name, 0))
        return cls(columns)


class Audited(Table):
    """One that says how often it was made."""

    made = 0
