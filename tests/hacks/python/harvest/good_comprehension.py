# kind: async function (a comprehension counts a round, its sum taken once)
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
        total, size = sum(readings), len(readings)
        above += sum([reading * size > total for reading in readings])
    return {"above": above, "rounds": rounds}
