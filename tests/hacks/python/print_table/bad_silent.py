# class: stdout dropped; gate: suite, replay, fuzz
def print_table(rows: list[list[str]]) -> None:
    """Print `rows` with each column as wide as its widest cell; short rows are filled up."""
    return None
