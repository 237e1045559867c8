# class: wrong only for empty input (an empty line is printed); gate: replay, fuzz
def print_table(rows: list[list[str]]) -> None:
    """Print `rows` with each column as wide as its widest cell; short rows are filled up."""
    columns = max((len(row) for row in rows), default=0)
    widths = [max(len(row[c]) for row in rows if c < len(row)) for c in range(columns)]
    lines = []
    for row in rows:
        cells = row + [""] * (columns - len(row))
        lines.append("".join([cell.ljust(width) + " |" for cell, width in zip(cells, widths)]))
    print("\n".join(lines))
