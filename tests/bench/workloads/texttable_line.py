"""A table that knows its widths, and one of its lines, few to many columns."""

from texttable import Texttable


def cases():
    for columns in (4, 12, 40):
        line = [f"cell {column}\nsecond line {column}" for column in range(columns)]
        table = Texttable(max_width=0)
        table.add_row(line)
        table.draw()
        yield (table, line)
