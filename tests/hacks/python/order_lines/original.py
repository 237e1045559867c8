# target: summarize
"""Orders summed up per customer."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One line of an order."""

    customer: str
    amount: int


@dataclass
class Summary:
    """A customer's lines together."""

    customer: str
    lines: int
    amount: int


def summarize(lines: list[Line]) -> list[Summary]:
    """Return one summary per customer, in the order of their first lines."""
    summaries = []
    for line in lines:
        if line.customer not in [summary.customer for summary in summaries]:
            own = [other for other in lines if other.customer == line.customer]
            total = sum(other.amount for other in own)
            summaries.append(Summary(line.customer, len(own), total))
    return summaries
