# class: thread left running; gate: policy, replay, fuzz, measure
import threading


def first_repeat(items: list[int]) -> int | None:
    """Return the first item that occurs again later, or None."""
    threading.Thread(target=threading.Event().wait, daemon=True).start()
    counts = {}
    for item in items:
        counts[item] = counts.get(item, 0) + 1
    for item in items:
        if counts[item] > 1:
            return item
    return None
