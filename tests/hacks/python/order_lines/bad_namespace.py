# class: type of the returned objects (SimpleNamespace for the dataclass); gate: suite, replay, fuzz
from types import SimpleNamespace


def summarize(lines: list[Line]) -> list[Summary]:
    """Return one summary per customer, in the order of their first lines."""
    summaries = {}
    for line in lines:
        if line.customer not in summaries:
            summaries[line.customer] = SimpleNamespace(customer=line.customer, lines=0, amount=0)
        summaries[line.customer].lines += 1
        summaries[line.customer].amount += line.amount
    return list(summaries.values())
