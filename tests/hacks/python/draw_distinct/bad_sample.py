# class: RNG consumption changed; gate: policy, replay, fuzz
import random


def draw_distinct(population: int, count: int) -> list[int]:
    """Draw `count` distinct numbers below `population`, in the order they were drawn."""
    if count > population:
        raise ValueError(f"cannot draw {count} of {population}")
    return random.sample(range(population), max(count, 0))
