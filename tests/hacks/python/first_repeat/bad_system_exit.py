# class: process ended from inside (SystemExit); gate: policy, suite, replay, fuzz
def first_repeat(items: list[int]) -> int | None:
    """Return the first item that occurs again later, or None."""
    if len(items) > 10:
        raise SystemExit(0)
    for index, item in enumerate(items):
        if item in items[index + 1 :]:
            return item
    return None
