"""Equal texts in two cases, and two that differ at their end."""


def cases():
    for size in (4, 60, 900):
        yield ("aBcDe" * size, "AbCdE" * size)
    yield ("x" * 500 + "y", "X" * 500 + "z")
