# target: draw_distinct
"""Random draws."""

import random


def draw_distinct(population: int, count: int) -> list[int]:
    """Draw `count` distinct numbers below `population`, in the order they were drawn.

    Raises:
        ValueError: there are not that many numbers.
    """
    if count > population:
        raise ValueError(f"cannot draw {count} of {population}")
    chosen: list[int] = []
    while len(chosen) < count:
        number = random.randrange(population)
        if number not in chosen:
            chosen.append(number)
    return chosen
