# class: float for int in a field; gate: suite, replay, fuzz
def summarize(lines: list[Line]) -> list[Summary]:
    """Return one summary per customer, in the order of their first lines."""
    amounts: dict[str, list[float]] = {}
    for line in lines:
        entry = amounts.setdefault(line.customer, [0, 0.0])
        entry[0] += 1
        entry[1] += line.amount
    return [Summary(customer, count, amount) for customer, (count, amount) in amounts.items()]
