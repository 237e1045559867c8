"""Inputs of a program's format beyond all that its examples show: more lines, larger numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from perfbot.sandbox.inputs.choices import SeededChoices
from perfbot.sandbox.inputs.drawing import Drawing, Literals
from perfbot.sandbox.inputs.program_fields import Facts, Field, facts_of
from perfbot.sandbox.inputs.program_format import Format
from perfbot.sandbox.inputs.program_grammar import Key, lines_of

PRIME = 1_000_003
MOST_LINES = 40_000
"""About so many lines or words one input may have."""
KINDS = ("counts", "values", "both")
"""What goes beyond the examples: a product of two large numbers would often overflow."""
LARGEST_INT, LARGEST_LONG = 2**31 - 1, 2**63 - 1


def wider(made: Format, factor: int, count: int, seed: int, literals: Sequence[int]) -> list[str]:
    """`count` inputs whose counts, values or both reach `factor` times as far as the examples'.

    They keep every relation that all examples keep, also where those are too few to tell it from
    an accident. None, where the format is not known.
    """
    if made.facts is None:
        return []
    cautious = facts_of([lines_of(text) for text in made.given], made.parts, cautious=True)
    formats = [
        replace(made, facts=replace(cautious, fields=stretched(cautious, factor, kind)))
        for kind in KINDS
    ]
    most = max([1, *(cautious.fields[key].high for key in cautious.counts)])
    size = max(most, round(MOST_LINES ** (1 / max(len(cautious.counts), 1))))
    given = Literals(ints=tuple(literals))
    return [
        formats[at % len(KINDS)].draw(Drawing(SeededChoices(seed * PRIME + at), size, given))
        for at in range(count)
    ]


def stretched(facts: Facts, factor: int, kind: str) -> Mapping[Key, Field]:
    """The fields of `facts` with wider ranges: of what counts, of the values, or of both.

    Numbers without a repeat get room where there are more of them.
    """
    found = {}
    for key, item in facts.fields.items():
        order = facts.orders.get(key)
        is_size = key in facts.counts or item.kind == "word"
        needs_room = order is not None and order.distinct
        wanted = kind == "both" or needs_room or (kind == "counts") == is_size
        found[key] = stretch(item, factor) if wanted else item
    return found


def stretch(item: Field, factor: int) -> Field:
    """A field with a range `factor` times as wide, of the same integer type; signs stay."""
    if item.kind == "word" and item.closed:
        return item
    low = item.low * factor if item.low < 0 else min(item.low, 1)
    high = item.high * factor if item.high > 0 else item.high
    limit = LARGEST_INT if item.high <= LARGEST_INT and item.low >= -LARGEST_INT else LARGEST_LONG
    return replace(item, low=max(low, min(item.low, -limit)), high=min(high, max(item.high, limit)))
