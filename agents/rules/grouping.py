"""What the rules for runs of equal neighbours share: the text of a loop over `groupby`."""

import ast
import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from perfbot.agents.rules.function import Function
from perfbot.agents.rules.recursion import spans_lines

REASON = "`groupby` compares neighbours without bytecode."
JUMPS = (ast.Break, ast.Continue, ast.Yield, ast.YieldFrom, ast.Await, ast.NamedExpr)


@dataclass(frozen=True, slots=True)
class Runs:
    """What is done at each run of equal neighbours in a sequence."""

    sequence: str
    value: str
    """The name that holds the run's element."""
    is_last: bool
    """The run's last element is meant, not its first: equal, but perhaps another object."""
    count: str
    """The name that holds the run's length."""
    emitted: Sequence[ast.stmt]
    new: dict[str, str]
    """Expressions of what is done -> the names that hold them in the new loop."""
    keeps_names: bool
    """The names are the function's own, and may be read after the loop."""


class _Renamed(ast.NodeTransformer):
    """Names in place of expressions with certain texts."""

    def __init__(self, new: dict[str, str]) -> None:
        self.new = new

    def visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.expr) and ast.unparse(node) in self.new:
            return ast.Name(self.new[ast.unparse(node)], ast.Load())
        return super().generic_visit(node)


def renamed(statement: ast.stmt, new: dict[str, str]) -> ast.AST:
    """A copy of a statement with names in place of expressions."""
    return _Renamed(new).visit(copy.deepcopy(statement))


def group_loop(function: Function, runs: Runs, step: str) -> tuple[str, tuple[str, ...]] | None:
    """The loop over the runs, with the imports it needs; None where it cannot be written."""
    lines: list[str] = []
    mentioned: set[str] = set()
    for statement in runs.emitted:
        inside = list(ast.walk(statement))
        if any(isinstance(n, JUMPS) or spans_lines(n) for n in inside):
            return None
        if function.delete(statement) is None:
            return None
        found = renamed(statement, runs.new)
        mentioned |= {n.id for n in ast.walk(found) if isinstance(n, ast.Name)}
        same = ast.dump(found) == ast.dump(statement)
        start, end = function.file.span(statement)
        text = function.file.data[start:end].decode() if same else ast.unparse(found)
        pad = function.indent(statement) if same else ""
        lines += [step + line.removeprefix(pad) for line in text.splitlines()]
    groupby, imports = function.imported("itertools", "groupby")
    run = function.local("run", "runs")
    has_value = runs.keeps_names or runs.value in mentioned
    has_count = runs.keeps_names or runs.count in mentioned
    if runs.is_last and has_value and function.kind(ast.Name(runs.sequence, ast.Load())) != "str":
        members = function.local("members", "runs")
        head = [
            f"for _, {run} in {groupby}({runs.sequence}):",
            f"{step}{members} = list({run})",
            f"{step}{runs.value} = {members}[-1]",
        ]
        length = f"{step}{runs.count} = len({members})"
    else:
        key = runs.value if has_value else "_"
        head = [f"for {key}, {run} in {groupby}({runs.sequence}):"]
        length = f"{step}{runs.count} = len(list({run}))"
    if not has_value and not has_count:
        return None
    return "\n".join([*head, *([length] if has_count else []), *lines]), imports


def mentions(statements: Sequence[ast.stmt], new: dict[str, str], names: set[str]) -> bool:
    """Whether statements mention one of some names but in the expressions that get new names."""
    found = (renamed(statement, new) for statement in statements)
    return any(isinstance(n, ast.Name) and n.id in names for f in found for n in ast.walk(f))


def is_read_outside(function: Function, name: str, regions: Sequence[ast.AST]) -> bool:
    """Whether anything but some statements reads a name."""
    return name in function.captured | function.outer or any(
        isinstance(use.ctx, ast.Load) and not any(function.within(use, r) for r in regions)
        for use in function.uses(name)
    )


def lengths(function: Function, sequence: str) -> set[str]:
    """The texts that mean a sequence's length."""
    text = f"len({sequence})"
    found = {text}
    for name in function.locals:
        values = [_assigned(function, store) for store in function.stores(name)]
        if values and name not in function.parameters and set(values) == {text}:
            found.add(name)
    return found


def _assigned(function: Function, store: ast.Name) -> str:
    """The text of what a name is bound to; empty if another statement than `=` binds it."""
    match function.file.parent[store]:
        case ast.Assign(value=value):
            return ast.unparse(value)
        case ast.Tuple() as pair:
            above = function.file.parent[pair]
            if isinstance(above, ast.Assign) and isinstance(above.value, ast.Tuple):
                values = above.value.elts
                return ast.unparse(values[pair.elts.index(store)]) if values else ""
    return ""


def starts(function: Function, loop: ast.stmt) -> Iterator[tuple[str, str, ast.stmt]]:
    """Name, value's text and statement of the plain assignments just above a loop."""
    statement = function.previous(loop)
    while isinstance(statement, ast.Assign):
        match statement:
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                for name, value in zip(names, values, strict=False):
                    yield ast.unparse(name), ast.unparse(value), statement
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    yield ast.unparse(target), ast.unparse(value), statement
        statement = function.previous(statement)


def is_guarded(function: Function, sequence: str, loop: ast.stmt) -> bool:
    """Whether an `if` sees to it that the sequence is not empty at a loop."""
    empty = {f"not {sequence}", f"{sequence} == ''", f"{sequence} == []", f"not len({sequence})"}
    full = {sequence}
    for length in lengths(function, sequence):
        empty |= {f"{length} {test}" for test in ("== 0", "< 1", "<= 1", "< 2", "<= 0")}
        full |= {length, f"{length} > 0", f"{length} >= 1", f"{length} > 1"}
    for node in function.own:
        if not isinstance(node, ast.If):
            continue
        test = ast.unparse(node.test)
        if test in full and any(function.within(loop, inner) for inner in node.body):
            return True
        block = function.block_of(node)
        below = any(function.within(loop, n) for n in block[block.index(node) + 1 :])
        leaves = isinstance(node.body[-1], ast.Return | ast.Raise | ast.Continue)
        if test in empty and below and leaves:
            return True
    return False


def alike(first: Sequence[ast.AST], second: Sequence[ast.AST]) -> bool:
    """Whether statements have the same text."""
    return [ast.unparse(n) for n in first] == [ast.unparse(n) for n in second]


def is_single(statement: ast.stmt) -> bool:
    """Whether a statement assigns to one name alone."""
    match statement:
        case ast.Assign(targets=[ast.Name()]):
            return True
    return False
