"""State that would outlive a call: the policy gate refuses what an edit newly keeps.

A result remembered from one call to the next makes a repeated call cheap and every measurement
wrong, so a new table of the module may be read and never changed, and no cache, iterator or
object with state may stand at module level. What lives inside one call is free.
"""

import ast
from collections.abc import Iterator

from perfbot.sandbox.gates.policy_tables import (
    CACHES,
    IMMUTABLE_MAKERS,
    MUTABLE_MAKERS,
    MUTATING_FUNCTIONS,
    MUTATING_METHODS,
)
from perfbot.sandbox.gates.policy_view import Finding, View
from perfbot.sandbox.languages.python_candidate import Piece

_KEEPERS = ("functools.partial", "itertools.repeat")
"""Callables whose result holds the very object that they are given."""

TABLE_DISPLAYS = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)


def state_findings(
    function: View, tables: set[str], added: list[Piece], added_views: list[View]
) -> Iterator[Finding]:
    """Yield what the function and the added statements do to objects that outlive a call.

    `tables` are the names of module-level constants that could be changed in place.
    """
    helpers = {
        piece.statement.name: view
        for piece, view in zip(added, added_views, strict=True)
        if isinstance(piece.statement, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    own_fields = {name for view in added_views for name in _fields(view.node)}
    for view in (function, *added_views):
        yield from _mutations(view)
        yield from _escapes(view, tables, helpers)
    yield from _new_fields(function, own_fields)
    for view in helpers.values():
        yield from _new_fields(view, own_fields)
    for piece, view in zip(added, added_views, strict=True):
        yield from _held_by_module(piece, view, helpers)


def _mutations(view: View) -> Iterator[Finding]:
    """Changes to what a module-level name holds, through whatever local alias."""
    for node in ast.walk(view.node):
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
            for root in sorted(view.roots(node.value)):
                yield _state(f"a change to `{root}`", node)
        elif isinstance(node, ast.Attribute) and node.attr in MUTATING_METHODS:
            if isinstance(node.value, ast.Name) and _is_namespace(node.value, view):
                continue
            for root in sorted(view.roots(node.value)):
                yield _state(f"`{root}…{node.attr}`, a change to what outlives the call", node)
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            for root in sorted(view.same.get(node.target.id, ())):
                yield _state(f"a change to `{root}`", node)
        elif isinstance(node, ast.Call) and node.args:
            method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            changes = (view.dotted(node.func) or "") in MUTATING_FUNCTIONS or (
                method in MUTATING_METHODS
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and _is_namespace(node.func.value, view)
            )
            for root in sorted(view.roots(node.args[0])) if changes else ():
                yield _state(f"a change to `{root}`", node)


def _is_namespace(name: ast.Name, view: View) -> bool:
    """Whether `name.add` is a function of a module or an unbound method, not a change to `name`."""
    return name.id in view.modules or view.is_builtin(name.id)


def _escapes(view: View, tables: set[str], helpers: dict[str, View]) -> Iterator[Finding]:
    """Module-level tables that are handed to where they could be changed."""
    for node in ast.walk(view.node):
        if not isinstance(node, ast.Name) or not isinstance(node.ctx, ast.Load):
            continue
        held = view.same.get(node.id, {node.id} & view.module_names) & tables
        child, parent = _out_of_containers(node, view)
        if not held:
            continue
        if isinstance(parent, ast.Return | ast.Yield):
            yield _state(f"`{min(held)}` given away", node)
        elif isinstance(parent, ast.Call) and parent.func is not child:
            callee = ast.unparse(parent.func)
            by_name = isinstance(parent.func, ast.Name)
            path = view.dotted(parent.func) or view.imports_under.get(callee)
            is_local = by_name and callee not in view.module_names and path is None
            changes = callee in helpers and _changes_parameters(helpers[callee])
            computed = not isinstance(parent.func, ast.Name | ast.Attribute)
            keeps = path in (*_KEEPERS, *MUTATING_FUNCTIONS)
            if is_local or changes or computed or keeps:
                yield _state(f"`{min(held)}` handed to `{callee}`", node)


def _out_of_containers(node: ast.AST, view: View) -> tuple[ast.AST, ast.AST | None]:
    """The outermost display, star or keyword around a name; and what that stands in."""
    parent = view.parents.get(node)
    while isinstance(
        parent, ast.Tuple | ast.List | ast.Set | ast.Dict | ast.Starred | ast.keyword | ast.IfExp
    ):
        node, parent = parent, view.parents.get(parent)
    return node, parent


def _changes_parameters(helper: View) -> bool:
    for node in ast.walk(helper.node):
        target: ast.expr | None = None
        if (isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del)) or (
            isinstance(node, ast.Attribute) and node.attr in MUTATING_METHODS
        ):
            target = node.value
        if isinstance(target, ast.Name) and target.id in helper.parameters:
            return True
    return False


def _new_fields(view: View, own_fields: set[str]) -> Iterator[Finding]:
    """Attributes set on the arguments: a memo on `self` outlives the call."""
    for node in ast.walk(view.node):
        if not isinstance(node, ast.Attribute) or not isinstance(node.ctx, ast.Store | ast.Del):
            continue
        base: ast.expr = node.value
        while isinstance(base, ast.Attribute | ast.Subscript):
            base = base.value
        is_argument = isinstance(base, ast.Name) and base.id in view.parameters
        if is_argument and node.attr not in own_fields:
            yield _field(node)


def changed_fields(view: View) -> Iterator[Finding]:
    """What `_new_fields` would say of the attributes whose values the function changes in place.

    To bind such an attribute anew is no new place to keep something in: what it holds after a call
    differs from one call to the next already, and is compared.
    """
    for node in ast.walk(view.node):
        changed: ast.expr | None = None
        if (isinstance(node, ast.Attribute) and node.attr in MUTATING_METHODS) or (
            isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del)
        ):
            changed = node.value
        if (
            isinstance(changed, ast.Attribute)
            and isinstance(changed.value, ast.Name)
            and changed.value.id in view.parameters
        ):
            yield _field(changed)


def _fields(node: ast.AST) -> set[str]:
    """Attributes that a new class gives its own objects."""
    if not isinstance(node, ast.ClassDef):
        return set()
    found = set()
    for item in ast.walk(node):
        if isinstance(item, ast.Attribute) and isinstance(item.ctx, ast.Store):
            found.add(item.attr)
        elif isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
            found.add(item.target.id)
    return found


def _held_by_module(piece: Piece, view: View, helpers: dict[str, View]) -> Iterator[Finding]:
    """Objects with state that an added statement leaves at module level."""
    statement = piece.statement
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        for node in _at_module_level(statement):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield from _defaults(node, view)
            for decorator in getattr(node, "decorator_list", []):
                called = decorator.func if isinstance(decorator, ast.Call) else decorator
                if view.dotted(called) in CACHES:
                    yield _state(f"`{view.dotted(called)}` at module level", decorator)
            if isinstance(node, ast.ClassDef):
                yield from _class_tables(node, view)
    elif isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
        for node in ast.walk(statement.value):
            if isinstance(node, ast.Call):
                yield from _constant_call(node, view, helpers)
            elif isinstance(node, ast.Attribute) and node.attr in MUTATING_METHODS:
                yield _state(f"a bound method `{node.attr}` at module level", node)
            elif isinstance(node, ast.Name | ast.Attribute) and view.dotted(node) in CACHES:
                yield _state(f"`{view.dotted(node)}` at module level", node)
        if isinstance(statement.value, ast.GeneratorExp):
            yield _state("a generator at module level", statement)
        for node in ast.walk(statement.value):
            if isinstance(node, ast.Lambda):
                yield from _defaults(node, view)


def _class_tables(node: ast.ClassDef, view: View) -> Iterator[Finding]:
    """Tables that all objects of a class share."""
    for item in node.body:
        value = item.value if isinstance(item, ast.Assign | ast.AnnAssign) else None
        made = isinstance(value, ast.Call) and view.dotted(value.func) not in (
            IMMUTABLE_MAKERS | {"dataclasses.field", "enum.auto"}
        )
        if isinstance(value, TABLE_DISPLAYS) or made:
            yield _state(f"a table shared by the class `{node.name}`", item)


def _at_module_level(statement: ast.stmt) -> Iterator[ast.AST]:
    """The statement and, where it is a class, what stands in its body."""
    yield statement
    if isinstance(statement, ast.ClassDef):
        for item in statement.body:
            yield from _at_module_level(item)


def _constant_call(node: ast.Call, view: View, helpers: dict[str, View]) -> Iterator[Finding]:
    dotted = view.dotted(node.func)
    name = ast.unparse(node.func)
    if dotted in CACHES:
        return
    if dotted == "functools.partial":
        for item in ast.walk(node):
            if isinstance(item, TABLE_DISPLAYS):
                yield _state("a table inside a partial at module level", item)
        return
    if dotted in IMMUTABLE_MAKERS or dotted in MUTABLE_MAKERS:
        if dotted in ("enumerate", "zip", "map", "filter") and not isinstance(
            view.parents.get(node), ast.Call | ast.comprehension | ast.Starred
        ):
            yield _state(f"an iterator, `{name}(…)`, at module level", node)
        return
    if dotted is not None and dotted.partition(".")[0] in ("math", "cmath", "string", "operator"):
        return
    if isinstance(node.func, ast.Attribute) and not view.roots(node.func.value):
        return  # a method of a literal or of a comprehension's variable, as "a b".split()
    helper = helpers.get(node.func.id) if isinstance(node.func, ast.Name) else None
    if helper is None:
        yield _state(f"the result of `{name}(…)` at module level", node)
    elif any(
        isinstance(item, ast.Lambda | ast.FunctionDef | ast.ClassDef | ast.Yield | ast.YieldFrom)
        for item in ast.walk(helper.node)
        if item is not helper.node
    ):
        yield _state(f"what `{name}` makes, which may hold state, at module level", node)


def _defaults(
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, view: View
) -> Iterator[Finding]:
    for default in [*node.args.defaults, *node.args.kw_defaults]:
        for item in ast.walk(default) if default is not None else ():
            is_table = isinstance(item, TABLE_DISPLAYS)
            makes = isinstance(item, ast.Call) and view.dotted(item.func) not in IMMUTABLE_MAKERS
            if is_table or makes or isinstance(item, ast.GeneratorExp):
                yield _state("a mutable default argument", item)
                break


def _field(node: ast.Attribute) -> Finding:
    return _state(f"the attribute `{node.attr}` set on an argument", node)


def _state(construct: str, node: ast.AST) -> Finding:
    return Finding("state", f"state across calls: {construct}", getattr(node, "lineno", 0))
