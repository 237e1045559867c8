"""Which matches of a rule can be made together."""

from collections.abc import Iterable, Iterator

from perfbot.agents.rules.rule import Rewrite
from perfbot.agents.rules.source import Replacement


def variants(rewrites: Iterable[Rewrite]) -> Iterator[Rewrite]:
    """Each placeable match by itself, then all that do not overlap together."""
    whole = [rewrite for rewrite in rewrites if None not in rewrite.pieces]
    yield from whole
    chosen: list[Rewrite] = []
    for rewrite in whole:
        if not any(overlap(a, b) for a in pieces(rewrite) for c in chosen for b in pieces(c)):
            chosen.append(rewrite)
    if len(chosen) > 1:
        yield Rewrite(
            tuple(dict.fromkeys(piece for rewrite in chosen for piece in rewrite.pieces)),
            chosen[0].reason,
            tuple(dict.fromkeys(line for rewrite in chosen for line in rewrite.imports)),
            tuple(dict.fromkeys(line for rewrite in chosen for line in rewrite.constants)),
        )


def pieces(rewrite: Rewrite) -> list[Replacement]:
    """The replacements of a rewrite that can be placed."""
    return [piece for piece in rewrite.pieces if piece is not None]


def overlap(a: Replacement, b: Replacement) -> bool:
    """Whether two replacements cannot both be made; equal ones and two insertions can."""
    if a == b:
        return False
    if a.start == a.end or b.start == b.end:
        inside_b = b.start < a.start < b.end
        inside_a = a.start < b.start < a.end
        return inside_b or inside_a
    return a.start < b.end and b.start < a.end
