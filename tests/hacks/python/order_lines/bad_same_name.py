# class: type of the returned objects (a slotted class of the same name); gate: policy, suite, replay, fuzz
def _slotted():
    @dataclass(slots=True)
    class Summary:
        customer: str
        lines: int
        amount: int

    return Summary


_Row = _slotted()


def summarize(lines: list[Line]) -> list[Summary]:
    """Return one summary per customer, in the order of their first lines."""
    summaries = {}
    for line in lines:
        if line.customer not in summaries:
            summaries[line.customer] = _Row(line.customer, 0, 0)
        summaries[line.customer].lines += 1
        summaries[line.customer].amount += line.amount
    return list(summaries.values())
