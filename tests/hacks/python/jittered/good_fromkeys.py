# kind: builtin (dict.fromkeys drops repeats, a factor is drawn for each that is left)
import random


def jittered(delays: list[int]) -> list[float]:
    """Return each distinct delay, in order, times a random factor from 0.5 up to 1.5."""
    return [delay * (0.5 + random.random()) for delay in dict.fromkeys(delays)]
