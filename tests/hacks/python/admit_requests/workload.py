"""Limiters that have seen requests, and the requests that follow."""

import random

from hypothesis import strategies as st
from original import RateLimiter


def _used(limit, window, steps):
    limiter = RateLimiter(limit, window)
    limiter.admit(_times(0, steps))
    return limiter


def _times(start, steps):
    times = []
    for step in steps:
        start += step
        times.append(start)
    return times


_steps = st.lists(st.integers(0, 6), max_size=12)
_limiters = st.builds(_used, st.integers(0, 5), st.integers(1, 12), _steps)
_after = st.builds(_times, st.integers(60, 75), st.lists(st.integers(-1, 6), max_size=14))
strategy = st.tuples(_limiters, _after)


def cases():
    draw = random.Random(47)
    for limit, size in ((12, 60), (40, 150), (90, 400)):
        limiter = _used(limit, limit * 3, [draw.randrange(4) for _ in range(size)])
        start = 3 * size + 1
        yield (limiter, _times(start, [draw.randrange(4) for _ in range(size)]))
