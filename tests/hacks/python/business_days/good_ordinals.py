# kind: data structure (days as numbers, the holidays in a set)
from datetime import date


def business_days(start: date, end: date, holidays: list[date]) -> int:
    """Count the days from `start` up to, not with, `end` that are no weekend and no holiday.

    Raises:
        ValueError: the days are over 20,000.
    """
    if (end - start).days > 20_000:
        raise ValueError(f"{(end - start).days} days are too many")
    free = {holiday.toordinal() for holiday in holidays}
    count = 0
    for day in range(start.toordinal(), end.toordinal()):
        if (day + 6) % 7 < 5 and day not in free:
            count += 1
    return count
