"""Mutants of a C++ or C target: small faults planted in it, all in one text (mutant schemata).

To compile a file once per mutant takes too long. So each fault stands beside what it replaces, and
`perfbot_mutant` chooses while the program runs: `(perfbot_mutant == 7 ? (a - b) : (a + b))`. Under
0, which it is at first, nothing differs from the original.

Source: R. Untch, A. Offutt, M. J. Harrold, "Mutation Analysis Using Mutant Schemata", ISSTA 1993.
"""

import random
import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from perfbot.sandbox.cpp.mutation_operators import Change
from perfbot.sandbox.cpp.mutation_places import changes_in, functions_in, top_of
from perfbot.sandbox.cpp.mutation_text import Region, render
from perfbot.sandbox.target import Target

LAST_CHOICE = frozenset(["remove statement", "return nothing", "empty loop"])
"""Operators whose mutants nearly any input kills: taken after the others."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault. `before` and `after` are the lines concerned."""

    number: int
    """What `perfbot_mutant` has to be for it."""
    operator: str
    line: int
    """1-based, in the original file."""
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Schemata:
    """A text of the target's file that holds all `mutants`, each switched by its number."""

    text: str
    mutants: tuple[Mutant, ...]
    target: Target
    changes: tuple[Change, ...]
    """What each mutant changes, in the order of `mutants`."""
    regions: tuple[Region, ...]
    """Which lines of `text` each mutant has."""


def schemata(target: Target, *, limit: int = 40, seed: int = 0) -> Schemata:
    """At most `limit` mutants of a target, spread over the body's lines and over the operators.

    What the compiler needs as a constant, what other configurations compile (`#if`), asserts,
    logging, messages of exceptions and hints such as `reserve` stay as they are. Deterministic in
    `seed`.

    Raises: ValueError where the target's span holds no function with a body.
    """
    data = target.file_source.encode()
    is_c = target.language == "c"
    found = [
        change
        for function in functions_in(target)
        for change in changes_in(function, data, is_c=is_c)
    ]
    chosen: list[Change] = []
    seen: set[bytes] = set()
    for change in _spread(found, data, seed):
        if len(chosen) >= limit:
            break
        text = b"".join((data[: change.start] + change.text.encode() + data[change.end :]).split())
        if text not in seen:  # of two operators with one result, the first
            seen.add(text)
            chosen.append(change)
    mutants = tuple(_mutant(data, at, change) for at, change in enumerate(chosen, 1))
    return _rendered(target, mutants, tuple(chosen))


def without(made: Schemata, lines: Collection[int]) -> Schemata:
    """The schemata less those mutants that the compiler refuses, which named `lines` of its text.

    Where no mutant has any of the lines, half of the mutants go: one of them has made something
    else impossible, and it is found by halves. Without mutants the text is the original's.
    """
    if not made.mutants:
        return made
    dropped: set[int] = set()
    for line in lines:
        # The line itself, else one that a mutant begins or ends at: `x = ` and then the mutant.
        for reach in (0, 1):
            holding = [
                region
                for region in made.regions
                if region.first - reach <= line <= region.last + reach
            ]
            if holding:
                dropped.update(min(holding, key=lambda item: item.last - item.first).numbers)
                break
    if not dropped:
        dropped = {item.number for item in made.mutants[len(made.mutants) // 2 :]}
    kept = [at for at, item in enumerate(made.mutants) if item.number not in dropped]
    mutants = tuple(made.mutants[at] for at in kept)
    return _rendered(made.target, mutants, tuple(made.changes[at] for at in kept))


def complained_lines(diagnostics: str, path: str) -> set[int]:
    """The lines of a file, by its name, that a compiler's errors and their notes mention."""
    name = re.escape(path.rsplit("/", 1)[-1])
    return {int(found) for found in re.findall(rf"(?m)(?:^|[/\s]){name}:(\d+)[:,]", diagnostics)}


def _rendered(target: Target, mutants: tuple[Mutant, ...], changes: tuple[Change, ...]) -> Schemata:
    data = target.file_source.encode()
    numbered = [(item.number, change) for item, change in zip(mutants, changes, strict=True)]
    if not numbered:
        return Schemata(target.file_source, (), target, (), ())
    function = functions_in(target)[0]
    is_c = target.language == "c"
    text, regions = render(data, numbered, top=top_of(function), function=function, is_c=is_c)
    return Schemata(text, mutants, target, changes, tuple(regions))


def _mutant(data: bytes, number: int, change: Change) -> Mutant:
    first = data.rfind(b"\n", 0, change.start) + 1
    last = data.find(b"\n", change.end)
    last = len(data) if last < 0 else last
    after = data[first : change.start] + change.text.encode() + data[change.end : last]
    return Mutant(
        number=number,
        operator=change.operator,
        line=data.count(b"\n", 0, change.start) + 1,
        before=data[first:last].decode().strip(),
        after=after.decode().strip(),
    )


def _spread(left: list[Change], data: bytes, seed: int) -> Iterator[Change]:
    """All changes, those first whose line and operator have been taken least."""
    left = list(left)
    random.Random(seed).shuffle(left)
    line_of = {change: data.count(b"\n", 0, change.start) for change in left}
    lines: Counter[int] = Counter()
    operators: Counter[str] = Counter()

    def turn(change: Change) -> tuple[int, int]:
        line, operator = line_of[change], change.operator
        late = 2 if operator in LAST_CHOICE else 0
        return lines[line] + operators[operator] + late, lines[line]

    while left:
        change = min(left, key=turn)
        left.remove(change)
        lines[line_of[change]] += 1
        operators[change.operator] += 1
        yield change
