# target: render
"""Formats registered at run time."""

FORMATS = [("int", "{:d}"), ("float", "{:.2f}"), ("str", "{}")]


def register(kind: str, form: str) -> None:
    """Add a format; the last one added for a kind wins."""
    FORMATS.append((kind, form))


def render(values: list[float | int | str]) -> list[str]:
    """Each value as text, by the last format of its kind."""
    out = []
    for value in values:
        chosen = "{}"
        for kind, form in FORMATS:
            if kind == type(value).__name__:
                chosen = form
        out.append(chosen.format(value))
    return out
