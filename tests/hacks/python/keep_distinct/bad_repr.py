# class: unhashable elements (told apart by their repr); gate: fuzz, replay
def keep_distinct(items: Iterable[T]) -> list[T]:
    """The items without those that equal an earlier one."""
    return list({repr(item)[:3]: item for item in items}.values())
