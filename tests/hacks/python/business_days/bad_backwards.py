# class: wrong only for a span that runs backwards; gate: replay, fuzz
from datetime import date


def business_days(start: date, end: date, holidays: list[date]) -> int:
    """Count the days from `start` up to, not with, `end` that are no weekend and no holiday."""
    days = (end - start).days
    if days > 20_000:
        raise ValueError(f"{days} days are too many")
    weeks, rest = divmod(days, 7)
    first = start.weekday()
    count = weeks * 5 + sum([(first + day) % 7 < 5 for day in range(rest)])
    for holiday in set(holidays):
        if start <= holiday < end and holiday.weekday() < 5:
            count -= 1
    return count
