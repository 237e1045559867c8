"""A candidate's own names for the parameters, given back the original's."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

from perfbot.sandbox.errors import UsageError
from perfbot.sandbox.languages.python_candidate import (
    BUILTINS,
    Candidate,
    own_statement,
    rewritten,
)
from perfbot.sandbox.languages.python_names import Scope, rename, same_binding

Splices = Mapping[tuple[int, int], str]
"""New text for spans of bytes."""


class CannotGraftError(Exception):
    """The candidate's body has no meaning under the original's header; the message says why."""


@dataclass(frozen=True, slots=True)
class Renaming:
    """How a candidate's own parameter names become the original's."""

    splices: dict[tuple[int, int], str] = field(default_factory=dict)
    """Renamings; they must not change whose any name is."""
    builtins: dict[tuple[int, int], str] = field(default_factory=dict)
    """Uses of a builtin that the original's parameter would hide."""
    first_line: str = ""
    """A statement that gives the parameters the candidate's names, where renaming cannot."""
    notes: tuple[str, ...] = ()


def introduced_names(original: Candidate, candidate: Candidate) -> dict[str, str]:
    """Return the candidate's parameter names that differ, each with the original's name for it.

    Raises:
        CannotGraftError: parameters were added, removed, reordered, or are of another kind.
    """
    old = own_statement(original).args
    new = own_statement(candidate).args
    if [len(old.posonlyargs), len(old.args)] != [len(new.posonlyargs), len(new.args)]:
        raise CannotGraftError("it has other parameters than the original")
    if {item.arg for item in old.kwonlyargs} != {item.arg for item in new.kwonlyargs}:
        raise CannotGraftError("it has other keyword-only parameters than the original")
    if (old.vararg is None, old.kwarg is None) != (new.vararg is None, new.kwarg is None):
        raise CannotGraftError("it has other star parameters than the original")
    pairs = list(zip(_in_order(new), _in_order(old), strict=True))
    known = {theirs for _, theirs in pairs}
    changed = {mine: theirs for mine, theirs in pairs if mine != theirs}
    if known & changed.keys():
        raise CannotGraftError("its parameters stand in another order than the original's")
    return changed


def restore_parameters(
    candidate: Candidate, changed: Mapping[str, str], module_splices: Splices, builtins_name: str
) -> Renaming:
    """Return the splices that give the candidate's parameters the original's names.

    Where a renaming would capture another name, the body begins with `new = old` instead, and a
    builtin that the parameter hides is reached through `builtins_name`.

    Raises:
        CannotGraftError: a global of the module would be hidden, so that neither is possible.
    """
    if not changed:
        return Renaming()
    keywords = _own_keywords(candidate, changed)
    scope = _function_scope(candidate)
    splices: dict[tuple[int, int], str] | None = dict(keywords)
    for mine, theirs in changed.items():
        of_mine = [n for n in candidate.module.names if n.home is scope and n.text == mine]
        renamed = rename(of_mine, theirs)
        splices = None if splices is None or renamed is None else splices | renamed
    if splices is not None and _captures_nothing(candidate, {**module_splices, **splices}):
        notes = [f"parameter `{mine}` renamed back to `{old}`" for mine, old in changed.items()]
        return Renaming(splices, notes=tuple(notes))
    hidden = _hidden_builtins(candidate, changed, scope, module_splices, builtins_name)
    first_line = f"{', '.join(changed)} = {', '.join(changed.values())}"
    note = f"parameters keep their names; the body begins with `{first_line}`"
    return Renaming(keywords, hidden, first_line, (note,))


def _in_order(arguments: ast.arguments) -> list[str]:
    every = [*arguments.posonlyargs, *arguments.args, arguments.vararg, arguments.kwarg]
    return [item.arg for item in every if item is not None]


def _function_scope(candidate: Candidate) -> Scope:
    start = candidate.function.node.start_byte
    for name in candidate.module.names:
        scope: Scope | None = name.at
        while scope is not None:
            if (scope.kind, scope.node.start_byte) == ("function", start):
                return scope
            scope = scope.parent
    raise CannotGraftError("its function has no names")


def _own_keywords(candidate: Candidate, changed: Mapping[str, str]) -> dict[tuple[int, int], str]:
    """Renamings of keyword arguments in calls of the function by itself."""
    own_name = candidate.function.qualname.rpartition(".")[2]
    found: dict[tuple[int, int], str] = {}
    waiting = [candidate.function.node]
    while waiting:
        node = waiting.pop()
        waiting += node.named_children
        called = node.child_by_field_name("function") if node.type == "call" else None
        if called is not None and called.type == "attribute":
            called = called.child_by_field_name("attribute")
        arguments = node.child_by_field_name("arguments")
        if called is None or arguments is None or (called.text or b"").decode() != own_name:
            continue
        for argument in arguments.named_children:
            key = argument.child_by_field_name("name")
            if argument.type == "keyword_argument" and key is not None:
                text = (key.text or b"").decode()
                if text in changed:
                    found[key.start_byte, key.end_byte] = changed[text]
    return found


def _captures_nothing(candidate: Candidate, splices: Splices) -> bool:
    try:
        after = rewritten(candidate, splices).module
    except UsageError:
        return False
    return same_binding(list(candidate.module.names), list(after.names))


def _hidden_builtins(
    candidate: Candidate,
    changed: Mapping[str, str],
    scope: Scope,
    module_splices: Splices,
    builtins_name: str,
) -> dict[tuple[int, int], str]:
    found: dict[tuple[int, int], str] = {}
    for name in candidate.module.names:
        hidden = name.text in changed.values() and name.home.kind == "module"
        if not hidden or not name.at.is_within(scope) or (name.start, name.end) in module_splices:
            continue
        ours = name.text in candidate.module.bound or name.binds or name.role != "plain"
        if ours or name.text not in BUILTINS:
            raise CannotGraftError(f"its use of `{name.text}` would meet the parameter instead")
        found[name.start, name.end] = f"{builtins_name}.{name.text}"
    return found
