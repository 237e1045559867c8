"""Proposes every single-rule rewrite of a C++ or C target, as whole new file texts."""

from collections.abc import Collection, Iterator

from perfbot.agents.proposal import Proposal
from perfbot.agents.rules.cpp.function import CppFunction
from perfbot.agents.rules.cpp.rule import CppRule
from perfbot.agents.rules.cpp.source import CppFile
from perfbot.agents.rules.placing import pieces, variants
from perfbot.agents.rules.rule import Rewrite
from perfbot.agents.rules.source import Replacement
from perfbot.sandbox.cpp.tokens import normalised
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.errors import UsageError
from perfbot.sandbox.languages.cpp_program import is_program
from perfbot.sandbox.languages.cpp_tree import (
    Definition,
    first_error,
    parse_tree,
    without_arguments,
)
from perfbot.sandbox.target import Target


def catalogue() -> tuple[CppRule, ...]:
    """All rules for C++ and C, those with the largest gains first."""
    from perfbot.agents.rules.cpp.catalogue import RULES

    return RULES


def propose(
    target: Target,
    source: str,
    *,
    parent: str | None = None,
    skipped: Collection[str] = (),
) -> list[Proposal]:
    """Every rule's matches in the target inside `source`, one at a time and all at once.

    `source` is the whole file: the original, or an accepted edit of it, whose id is `parent`. Of a
    program every function is looked at. `skipped` are names of rules that propose nothing.
    Texts equal up to layout and comments are given once, and never the input itself.

    Raises: UsageError when `source` does not hold the target.
    """
    file = CppFile(source, is_c=target.language == "c")
    definitions = file.definitions if is_program(target) else [find(target, file)]
    functions = [CppFunction(file, item) for item in definitions]
    seen = {normalised(source)}
    proposals = []
    for rule in catalogue():
        if target.language not in rule.languages or rule.name in skipped:
            continue
        for function in functions:
            broken = first_error(function.definition.outer) is not None
            function.restart()
            for rewrite in variants(list(rule.rewrites(function))):
                text = apply(file, rewrite)
                found = normalised(text)
                if found in seen or (not broken and not reads_well(function, rewrite)):
                    continue
                seen.add(found)
                edit = Edit(text, title=rule.summary, origin="rules", parent=parent)
                proposals.append(Proposal(edit, rule.name, rewrite.reason))
    return proposals


def find(target: Target, file: CppFile) -> Definition:
    """The target's definition in a text of its file: same name, same turn among equals.

    Overloads are told apart by their turn, as an edit may change the types of parameters.

    Raises: UsageError when there is none.
    """
    original = file
    if file.text != target.file_source:
        original = CppFile(target.file_source, is_c=file.is_c)
    before = [item for item in original.definitions if item.outer.start_byte <= target.start_byte]
    if before and before[-1].outer.start_byte == target.start_byte:
        name = _name(before[-1])
        turn = sum(_name(item) == name for item in before) - 1
        same = [item for item in file.definitions if _name(item) == name]
        if len(same) > turn:
            return same[turn]
    raise UsageError(f"no function {target.qualname} in the edited {target.path}")


def _name(item: Definition) -> tuple[object, ...]:
    return item.around.namespaces, item.around.classes, without_arguments(item.name)


def apply(file: CppFile, rewrite: Rewrite) -> str:
    """The file with a rewrite made, the headers it needs among the file's own."""
    return file.apply([*pieces(rewrite), *file.include(rewrite.imports)])


def reads_well(function: CppFunction, rewrite: Rewrite) -> bool:
    """Whether the rewritten function is still free of syntax errors."""
    outer = function.definition.outer
    if not all(outer.start_byte <= p.start and p.end <= outer.end_byte for p in pieces(rewrite)):
        return True
    text = "".join(_rewritten(function, rewrite))
    return first_error(parse_tree(text.encode()).root_node) is None or _odd_alone(function)


def _rewritten(function: CppFunction, rewrite: Rewrite) -> Iterator[str]:
    outer, at = function.definition.outer, function.definition.outer.start_byte
    end = Replacement(outer.end_byte, outer.end_byte, "")
    for piece in [*sorted(pieces(rewrite), key=lambda p: (p.start, p.end)), end]:
        yield function.file.data[at : piece.start].decode()
        yield piece.text
        at = piece.end


def _odd_alone(function: CppFunction) -> bool:
    """Whether the function's own text has errors when it stands by itself."""
    return first_error(parse_tree(function.definition.outer.text or b"").root_node) is not None
