# class: precision change (a float mean for exact whole numbers); gate: fuzz
import asyncio


async def harvest(readings: list[int], rounds: int) -> dict[str, int]:
    """Count, over `rounds` rounds, how many readings exceed the mean; lets others run between."""
    if not readings:
        raise ValueError("no readings")
    if rounds < 0:
        raise ValueError(f"rounds is {rounds}")
    mean = float(sum(readings)) / len(readings)
    above = sum([1 for reading in readings if float(reading) > mean])
    for _ in range(rounds):
        await asyncio.sleep(0)
    return {"above": above * rounds, "rounds": rounds}
