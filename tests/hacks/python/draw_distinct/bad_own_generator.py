# class: global random state left where it was; gate: policy, replay, fuzz
import random


def draw_distinct(population: int, count: int) -> list[int]:
    """Draw `count` distinct numbers below `population`, in the order they were drawn."""
    if count > population:
        raise ValueError(f"cannot draw {count} of {population}")
    generator = random.Random()
    generator.setstate(random.getstate())
    chosen: dict[int, None] = {}
    while len(chosen) < count:
        chosen[generator.randrange(population)] = None
    return list(chosen)
