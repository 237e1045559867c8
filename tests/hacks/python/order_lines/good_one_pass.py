# kind: algorithm (one pass over the lines)
def summarize(lines: list[Line]) -> list[Summary]:
    """Return one summary per customer, in the order of their first lines."""
    summaries: dict[str, Summary] = {}
    for line in lines:
        summary = summaries.get(line.customer)
        if summary is None:
            summary = summaries[line.customer] = Summary(line.customer, 0, 0)
        summary.lines += 1
        summary.amount += line.amount
    return list(summaries.values())
