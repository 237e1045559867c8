# target: jittered
"""Waiting before another attempt."""

import random


def jittered(delays: list[int]) -> list[float]:
    """Return each distinct delay, in order, times a random factor from 0.5 up to 1.5."""
    result = []
    for place, delay in enumerate(delays):
        if delay not in delays[:place]:
            result.append(delay * (0.5 + random.random()))
    return result
