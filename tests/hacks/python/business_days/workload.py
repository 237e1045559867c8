"""A month, a year and several years, with holidays."""

import random
from datetime import date, timedelta


def cases():
    draw = random.Random(43)
    for days, free in ((31, 3), (366, 12), (1200, 40)):
        start = date(2023, 1, 1) + timedelta(draw.randrange(365))
        holidays = [start + timedelta(draw.randrange(days)) for _ in range(free)]
        yield (start, start + timedelta(days), holidays)
