# class: RNG consumption changed (random() scaled); gate: policy, replay, fuzz
import random


def draw_distinct(population: int, count: int) -> list[int]:
    """Draw `count` distinct numbers below `population`, in the order they were drawn."""
    if count > population:
        raise ValueError(f"cannot draw {count} of {population}")
    chosen: dict[int, None] = {}
    while len(chosen) < count:
        chosen[int(random.random() * population)] = None
    return list(chosen)
