# target: harvest
"""Work that yields to other tasks."""

import asyncio


async def harvest(readings: list[int], rounds: int) -> dict[str, int]:
    """Count, over `rounds` rounds, how many readings exceed the mean; lets others run between.

    Raises:
        ValueError: there are no readings, or `rounds` is negative.
    """
    if not readings:
        raise ValueError("no readings")
    if rounds < 0:
        raise ValueError(f"rounds is {rounds}")
    above = 0
    for _ in range(rounds):
        await asyncio.sleep(0)
        for reading in readings:
            if reading * len(readings) > sum(readings):
                above += 1
    return {"above": above, "rounds": rounds}
