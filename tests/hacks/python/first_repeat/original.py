# target: first_repeat
"""Finding repeats."""


def first_repeat(items: list[int]) -> int | None:
    """Return the first item that occurs again later, or None."""
    for index, item in enumerate(items):
        for other in items[index + 1 :]:
            if item == other:
                return item
    return None
