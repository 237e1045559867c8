# class: precision change (random.uniform rounds in another place); gate: policy, replay, fuzz
import random


def jittered(delays: list[int]) -> list[float]:
    """Return each distinct delay, in order, times a random factor from 0.5 up to 1.5."""
    return [random.uniform(delay * 0.5, delay * 1.5) for delay in dict.fromkeys(delays)]
