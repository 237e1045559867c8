# target: print_table
"""Tables on the terminal."""


def print_table(rows: list[list[str]]) -> None:
    """Print `rows` with each column as wide as its widest cell; short rows are filled up."""
    for row in rows:
        line = ""
        columns = max(len(other) for other in rows)
        for column in range(columns):
            width = max(len(other[column]) for other in rows if column < len(other))
            cell = row[column] if column < len(row) else ""
            line += cell.ljust(width) + " |"
        print(line)
