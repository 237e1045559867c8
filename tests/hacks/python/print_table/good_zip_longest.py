# kind: builtin (itertools.zip_longest turns rows to columns)
from itertools import zip_longest


def print_table(rows: list[list[str]]) -> None:
    """Print `rows` with each column as wide as its widest cell; short rows are filled up."""
    widths = [max(map(len, column)) for column in zip_longest(*rows, fillvalue="")]
    for row in rows:
        cells = zip_longest(row, widths, fillvalue="")
        print("".join([cell.ljust(width) + " |" for cell, width in cells]))
