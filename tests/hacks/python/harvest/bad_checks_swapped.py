# class: exception type and message (checks in another order); gate: fuzz
import asyncio


async def harvest(readings: list[int], rounds: int) -> dict[str, int]:
    """Count, over `rounds` rounds, how many readings exceed the mean; lets others run between."""
    if rounds < 0:
        raise ValueError(f"rounds is {rounds}")
    if not readings:
        raise ValueError("no readings")
    total = sum(readings)
    size = len(readings)
    above = sum([1 for reading in readings if reading * size > total])
    for _ in range(rounds):
        await asyncio.sleep(0)
    return {"above": above * rounds, "rounds": rounds}
