"""Mutants of a target: small faults planted in it, to see whether the inputs would notice one.

The operators (`mutation_operators`) are those common to mutation testers; each changes the text
in place, so that a mutant differs from the original by its fault alone.
"""

import ast
import random
import types
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from perfbot.sandbox.mutation_operators import Change, Snippet, changes
from perfbot.sandbox.target import Target

LAST_CHOICE = frozenset(["remove statement", "return None", "empty loop"])
"""Operators whose mutants nearly any input kills: taken after the others."""
PREFIX = b"if True:\n"
"""What makes an indented method parse by itself."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """The target's file with one fault in it. `before` and `after` are the lines concerned."""

    file_source: str
    operator: str
    line: int
    """1-based, in the original file."""
    before: str
    after: str


def mutants(target: Target, *, limit: int = 40, seed: int = 0) -> tuple[Mutant, ...]:
    """At most `limit` mutants, spread over the body's lines and over the operators.

    Those that compile to the original's bytecode or to another mutant's are left out. Docstrings,
    annotations, decorators, asserts, messages of exceptions and logging stay as they are.
    Deterministic in `seed`.

    Raises: ValueError where the target's span holds no function.
    """
    whole = target.file_source.encode()
    start = whole.rfind(b"\n", 0, target.start_byte) + 1
    lead = PREFIX if whole[start : start + 1].isspace() else b""
    snippet = Snippet.of(lead + whole[start : target.end_byte])
    known = {_meaning(snippet.data)}
    found: list[Mutant] = []
    for change in _spread(snippet, seed):
        if len(found) >= limit:
            break
        try:
            meaning = _meaning(snippet.changed(change))
        except (SyntaxError, ValueError):  # the text does not parse with this change
            continue
        if meaning not in known:
            known.add(meaning)
            found.append(_mutant(whole, snippet, change, start - len(lead)))
    return tuple(found)


def _mutant(whole: bytes, snippet: Snippet, change: Change, offset: int) -> Mutant:
    """The mutant of a file whose byte 0 of `snippet` would lie at `offset`."""
    data, text = snippet.data, change.text.encode()
    first = data.rfind(b"\n", 0, change.start) + 1
    last = data.find(b"\n", change.end)
    last = len(data) if last < 0 else last
    head, tail = whole[: offset + change.start], whole[offset + change.end :]
    return Mutant(
        file_source=(head + text + tail).decode(),
        operator=change.operator,
        line=head.count(b"\n") + 1,
        before=data[first:last].decode().strip(),
        after=(data[first : change.start] + text + data[change.end : last]).decode().strip(),
    )


def _meaning(data: bytes) -> object:
    """What tells programs apart: bytecode, or the syntax tree of what is no whole program.

    Raises: SyntaxError, ValueError where `data` does not parse.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the user's escapes, or of `is` with a literal
        tree = ast.parse(data)
        try:
            code = compile(tree, "<mutant>", "exec", dont_inherit=True)
        except SyntaxError:  # `nonlocal` of a scope outside the snippet
            return ast.dump(tree)
    return _code_key(code)


def _code_key(code: types.CodeType) -> object:
    """A code object without its line numbers, which a change of text may move."""
    constants = tuple(
        _code_key(item) if isinstance(item, types.CodeType) else (type(item), repr(item))
        for item in code.co_consts
    )
    return (
        code.co_code, constants, code.co_names, code.co_varnames, code.co_freevars,
        code.co_cellvars, code.co_flags, code.co_argcount, code.co_exceptiontable,
    )  # fmt: skip


def _spread(snippet: Snippet, seed: int) -> Iterator[Change]:
    """All changes, those first whose line and operator have been taken least."""
    left = list(changes(snippet))
    random.Random(seed).shuffle(left)
    lines: Counter[int] = Counter()
    operators: Counter[str] = Counter()

    def turn(change: Change) -> tuple[int, int]:
        line, operator = snippet.line(change.start), change.operator
        late = 2 if operator in LAST_CHOICE else 0
        return lines[line] + operators[operator] + late, lines[line]

    while left:
        change = min(left, key=turn)
        left.remove(change)
        lines[snippet.line(change.start)] += 1
        operators[change.operator] += 1
        yield change
