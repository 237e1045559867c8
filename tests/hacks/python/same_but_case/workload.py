"""Names in two cases, and two that differ."""


def cases():
    for size in (3, 40, 400):
        yield ("Ada Lovelace " * size, "aDA lOVELACE " * size)
    yield ("x" * 800 + "y", "X" * 800 + "z")
