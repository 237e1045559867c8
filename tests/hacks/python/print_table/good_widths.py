# kind: hoisting (column widths once per table)
def print_table(rows: list[list[str]]) -> None:
    """Print `rows` with each column as wide as its widest cell; short rows are filled up."""
    widths: list[int] = []
    for row in rows:
        for column, cell in enumerate(row):
            if column == len(widths):
                widths.append(len(cell))
            elif len(cell) > widths[column]:
                widths[column] = len(cell)
    for row in rows:
        cells = row + [""] * (len(widths) - len(row))
        print("".join([cell.ljust(width) + " |" for cell, width in zip(cells, widths)]))
