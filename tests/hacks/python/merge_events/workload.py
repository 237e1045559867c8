"""Logs with equal times, some with a clock that was set back."""

import random


def _log(draw, size):
    time = 0
    log = []
    for number in range(size):
        time += draw.choice((0, 1, 1, 2, 5)) if draw.random() < 0.97 else -3
        log.append((time, f"event{draw.randrange(size)}"))
    return log


def cases():
    draw = random.Random(59)
    for streams, size in ((5, 8), (12, 20), (30, 30)):
        yield ([_log(draw, draw.randrange(size + 1)) for _ in range(streams)],)
