"""What an edit does, as a set of moves: the names it calls or names anew, and the loops it drops.

Two edits with about the same moves follow the same strategy, whoever proposed them and whatever
they call it: that is how a search keeps several strategies alive instead of one, three times.
"""

import re
from collections import Counter
from collections.abc import Iterator

ALIKE = 0.5
"""From this share of common moves on, two edits are of one strategy."""
_CALLED = re.compile(r"([A-Za-z_][\w.:]*)\s*(?:<[\w:, ]*>)?\s*\(")
_LOOPS = ("for", "while")
_OTHERS = ("yield", "lambda", "return", "break", "continue", "if", "else", "try", "in")
_BRACKETED = re.compile(r"[\[{(][^\[\](){}]*\bfor\b")


def moves(original: str, edited: str) -> frozenset[str]:
    """What `edited` has that `original` has less of, and the loops that it has less of."""
    before, after = Counter(_traits(original)), Counter(_traits(edited))
    gained = {name for name in after if after[name] > before[name]}
    lost = {f"-{name}" for name in _LOOPS if after[name] < before[name]}
    return frozenset(gained | lost)


def alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two edits are of one strategy (Jaccard's index of their moves)."""
    union = one | other
    return not union or len(one & other) / len(union) >= ALIKE


def _traits(source: str) -> Iterator[str]:
    for match in _CALLED.finditer(source):
        name = re.split(r"[.:]+", match[1])[-1]
        if name not in _LOOPS and name not in _OTHERS:
            yield name
    for name in (*_LOOPS, *_OTHERS):
        for _ in re.finditer(rf"\b{name}\b", source):
            yield name
    for _ in _BRACKETED.finditer(source):
        yield "comprehension"
