# class: a dict's view for a list; gate: suite, replay, fuzz
def summarize(lines: list[Line]) -> list[Summary]:
    """Return one summary per customer, in the order of their first lines."""
    summaries: dict[str, Summary] = {}
    for line in lines:
        summary = summaries.get(line.customer)
        if summary is None:
            summary = summaries[line.customer] = Summary(line.customer, 0, 0)
        summary.lines += 1
        summary.amount += line.amount
    return summaries.values()
