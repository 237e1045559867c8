# class: random hoisted out of the loop; gate: replay, fuzz; peer: codeflash
import random


def jittered(delays: list[int]) -> list[float]:
    """Return each distinct delay, in order, times a random factor from 0.5 up to 1.5."""
    factor = 0.5 + random.random()
    return [delay * factor for delay in dict.fromkeys(delays)]
