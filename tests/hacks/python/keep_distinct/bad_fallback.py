# class: unhashable elements (an iterator is used up before the fallback); gate: fuzz
def keep_distinct(items: Iterable[T]) -> list[T]:
    """The items without those that equal an earlier one."""
    kept: list[T] = []
    seen = set()
    try:
        for item in items:
            if item not in seen:
                seen.add(item)
                kept.append(item)
    except TypeError:
        for item in items:
            if item not in kept:
                kept.append(item)
    return kept
