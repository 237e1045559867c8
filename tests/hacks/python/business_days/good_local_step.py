# kind: local binding (one timedelta for every step, the holidays in a set)
from datetime import date, timedelta


def business_days(start: date, end: date, holidays: list[date]) -> int:
    """Count the days from `start` up to, not with, `end` that are no weekend and no holiday.

    Raises:
        ValueError: the days are over 20,000.
    """
    if (end - start).days > 20_000:
        raise ValueError(f"{(end - start).days} days are too many")
    free = frozenset(holidays)
    step = timedelta(days=1)
    count = 0
    day = start
    while day < end:
        if day.weekday() < 5 and day not in free:
            count += 1
        day += step
    return count
