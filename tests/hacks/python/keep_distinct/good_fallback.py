# kind: set for what can be hashed, list for what cannot
def keep_distinct(items: Iterable[T]) -> list[T]:
    """The items without those that equal an earlier one."""
    kept: list[T] = []
    seen = set()
    rest: list[T] = []
    for item in items:
        try:
            if item in seen:
                continue
            seen.add(item)
        except TypeError:
            if item in rest:
                continue
            rest.append(item)
        kept.append(item)
    return kept
