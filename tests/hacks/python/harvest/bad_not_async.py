# class: not a coroutine any more; gate: scope, policy, suite, replay, fuzz
def harvest(readings: list[int], rounds: int) -> dict[str, int]:
    """Count, over `rounds` rounds, how many readings exceed the mean; lets others run between."""
    if not readings:
        raise ValueError("no readings")
    if rounds < 0:
        raise ValueError(f"rounds is {rounds}")
    total = sum(readings)
    above = sum(1 for reading in readings if reading * len(readings) > total)
    return {"above": above * rounds, "rounds": rounds}
