# class: unhashable elements; gate: fuzz
def keep_distinct(items: Iterable[T]) -> list[T]:
    """The items without those that equal an earlier one."""
    return list(dict.fromkeys(items))
