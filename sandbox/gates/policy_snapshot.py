"""Copies taken at import: the policy gate refuses a new constant made of what may change later.

`_FIXED = frozenset(WORDS)` is as good as `WORDS` only while nobody changes `WORDS`. The original
asks the table at each call, so an edit that asks once, at import, answers from the past as soon
as a word is registered; and no gate that runs the target alone would see it.
"""

import ast
import sys
from collections.abc import Iterator

from perfbot.sandbox.gates.policy_tables import (
    IMMUTABLE_MAKERS,
    MUTABLE_MAKERS,
    READING_METHODS,
)
from perfbot.sandbox.gates.policy_view import Finding, View
from perfbot.sandbox.languages.python_candidate import Piece, module_statements

_DISPLAYS = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_READERS = frozenset(
    {
        *("len", "sorted", "min", "max", "sum", "any", "all", "list", "tuple", "set", "frozenset"),
        *("dict", "enumerate", "zip", "reversed", "isinstance", "repr", "str", "range", "iter"),
    }
)
"""Builtins that only look at a table they are given."""

_COPIERS = MUTABLE_MAKERS | {
    *("tuple", "frozenset", "sum", "min", "max", "len", "bytes", "types.MappingProxyType"),
    *("numpy.array", "numpy.asarray", "itertools.chain"),
}


def snapshot_findings(
    original: ast.Module, added: list[Piece], added_views: list[View]
) -> Iterator[Finding]:
    """Yield what the added statements read at import though it may change afterwards."""
    tables, rebound = changing_tables(original), _rebound(original)
    helpers = {
        piece.statement.name: piece.statement
        for piece in added
        if isinstance(piece.statement, ast.FunctionDef)
    }
    for piece, view in zip(added, added_views, strict=True):
        if isinstance(piece.statement, ast.Import | ast.ImportFrom):
            continue
        for node in _at_import(piece.statement, helpers):
            if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
                path = ast.unparse(node)
                if path in rebound or (path in tables and not _is_alias(node, view)):
                    yield _copied(path, node)
            for source in _iterated(node, view):
                if (name := _of_another_module(source, view)) is not None:
                    yield _copied(name, source)


def changing_tables(module: ast.Module) -> frozenset[str]:
    """`NAME` and `Class.NAME` of the tables that a later call, or another module, may change.

    One with a public name is anyone's to change; one with a private name changes only where the
    module's own functions do more than read it.
    """
    public, touched = _exported(module), _touched(module)
    tables = {
        name
        for name in _tables(module_statements(module.body))
        if not name.startswith("_") or name in touched | public
    }
    for statement in module_statements(module.body):
        if isinstance(statement, ast.ClassDef):
            tables |= {f"{statement.name}.{name}" for name in _tables(statement.body)}
    return frozenset(tables)


def _tables(body: list[ast.stmt]) -> set[str]:
    """The names bound in a module's or a class's body to what may change in place."""
    found = set[str]()
    for statement in body:
        value = getattr(statement, "value", None)
        if isinstance(statement, ast.Assign | ast.AnnAssign) and _may_change(value):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            found |= {
                item.id
                for target in targets
                for item in ast.walk(target)
                if isinstance(item, ast.Name)
            }
    return found


def _rebound(module: ast.Module) -> set[str]:
    """Names that some function of the module binds anew."""
    return {
        name for node in ast.walk(module) if isinstance(node, ast.Global) for name in node.names
    }


def _may_change(value: ast.expr | None) -> bool:
    """Whether what an expression makes has parts that can be replaced."""
    if isinstance(value, _DISPLAYS):
        return True
    if isinstance(value, ast.Call):
        return ast.unparse(value.func).removeprefix("typing.") not in IMMUTABLE_MAKERS or any(
            _may_change(argument) for argument in value.args if not _copies(value)
        )
    if isinstance(value, ast.Tuple):
        return any(_may_change(item) for item in value.elts)
    if isinstance(value, ast.BinOp):
        return _may_change(value.left) or _may_change(value.right)
    if isinstance(value, ast.IfExp):
        return _may_change(value.body) or _may_change(value.orelse)
    return False


def _copies(call: ast.Call) -> bool:
    """Whether an immutable's maker takes the items only: `frozenset([1, 2])`, `sum([1, 2])`."""
    return isinstance(call.func, ast.Name) and not any(
        isinstance(item, _DISPLAYS)
        for argument in call.args
        for item in getattr(argument, "elts", [])
    )


def _exported(module: ast.Module) -> set[str]:
    """The names in `__all__`."""
    return {
        item.value
        for statement in module.body
        if isinstance(statement, ast.Assign | ast.AugAssign)
        and "__all__" in ast.unparse(statement).partition("=")[0]
        for item in ast.walk(statement.value)
        if isinstance(item, ast.Constant) and isinstance(item.value, str)
    }


def _touched(module: ast.Module) -> set[str]:
    """Names that a function of the module uses in a way that may change what they stand for."""
    found = set[str]()
    for function in (item for item in ast.walk(module) if isinstance(item, _FUNCTIONS)):
        parents = {
            child: parent for parent in ast.walk(function) for child in ast.iter_child_nodes(parent)
        }
        for node in ast.walk(function):
            if isinstance(node, ast.Name) and not _only_reads(node, parents):
                found.add(node.id)
    return found


def _only_reads(node: ast.Name, parents: dict[ast.AST, ast.AST]) -> bool:
    parent = parents.get(node)
    if isinstance(parent, ast.Subscript) and parent.value is node:
        return isinstance(parent.ctx, ast.Load)
    if isinstance(parent, ast.Attribute):
        return parent.attr in READING_METHODS
    if isinstance(parent, ast.Compare | ast.BinOp | ast.UnaryOp | ast.Starred | ast.Slice):
        return True
    if isinstance(parent, ast.For | ast.comprehension):
        return parent.iter is node
    return (
        isinstance(parent, ast.Call)
        and isinstance(parent.func, ast.Name)
        and (parent.func.id in _READERS)
    )


def _at_import(statement: ast.stmt, helpers: dict[str, ast.FunctionDef]) -> Iterator[ast.AST]:
    """What runs when the module is imported: all but the bodies of functions nobody calls then."""
    waiting: list[ast.AST] = [statement]
    entered = set[str]()
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            arguments = node.args
            waiting += [*node.decorator_list, *arguments.defaults]
            waiting += [item for item in arguments.kw_defaults if item is not None]
        elif isinstance(node, ast.Lambda):
            waiting += node.args.defaults
        else:
            waiting += ast.iter_child_nodes(node)
        if isinstance(node, ast.Name) and node.id in helpers and node.id not in entered:
            entered.add(node.id)
            waiting += helpers[node.id].body


def _is_alias(node: ast.expr, view: View) -> bool:
    """Whether a name only gets a second name: `_T = TABLE`, `_get = TABLE.get` follow a change."""
    child: ast.AST = node
    parent = view.parents.get(child)
    while isinstance(parent, ast.Attribute):
        child, parent = parent, view.parents.get(parent)
    return isinstance(parent, ast.Assign | ast.AnnAssign)


def _iterated(node: ast.AST, view: View) -> list[ast.expr]:
    """What `node` copies item by item, or looks up."""
    if isinstance(node, ast.comprehension):
        return [node.iter]
    if isinstance(node, ast.Starred):
        return [node.value]
    if isinstance(node, ast.Subscript):
        return [node.value]
    if isinstance(node, ast.Call):
        copies = view.dotted(node.func) in _COPIERS
        joins = isinstance(node.func, ast.Attribute) and node.func.attr in ("join", "fromkeys")
        return list(node.args) if copies or joins else []
    return []


def _of_another_module(node: ast.expr, view: View) -> str | None:
    """The table of another module of the project that an expression stands for, if it does."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        node = node.func.value  # TABLE.items()
    dotted = view.dotted(node)
    if dotted is None or view.is_builtin(dotted) or dotted in view.modules:
        return None
    return None if dotted.partition(".")[0] in sys.stdlib_module_names else dotted


def _copied(name: str, node: ast.expr) -> Finding:
    return Finding("state", f"a copy, made at import, of `{name}`, which may change", node.lineno)
