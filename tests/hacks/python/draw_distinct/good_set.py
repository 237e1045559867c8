# kind: data structure (membership in a set, the same draws)
import random


def draw_distinct(population: int, count: int) -> list[int]:
    """Draw `count` distinct numbers below `population`, in the order they were drawn.

    Raises:
        ValueError: there are not that many numbers.
    """
    if count > population:
        raise ValueError(f"cannot draw {count} of {population}")
    chosen: list[int] = []
    seen: set[int] = set()
    while len(chosen) < count:
        number = random.randrange(population)
        if number not in seen:
            seen.add(number)
            chosen.append(number)
    return chosen
