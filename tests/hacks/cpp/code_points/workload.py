"""Plain and accented text."""


def cases():
    yield ("plain text " * 30,)
    yield ("h\u00e9llo w\u00f6rld \u20ac " * 30,)
