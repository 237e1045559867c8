"""The second gate: refuses, by syntax tree, what no honest speedup needs.

Only what is new counts: a construct that the original function uses already is its own affair.
Each refusal names the construct, its line, and the key that allows it. This gate narrows what the
others have to catch; none of them relies on it.
"""

import ast
import re
from collections.abc import Iterator

from perfbot.sandbox.edit import Edit
from perfbot.sandbox.errors import UsageError
from perfbot.sandbox.gates.policy_snapshot import snapshot_findings
from perfbot.sandbox.gates.policy_state import TABLE_DISPLAYS, changed_fields, state_findings
from perfbot.sandbox.gates.policy_tables import (
    CATEGORY_OF_BUILTIN,
    CATEGORY_OF_CALLABLE,
    CATEGORY_OF_MODULE,
    FRAME_ATTRIBUTES,
    HARMLESS_DUNDERS,
    HARMLESS_IN_MODULE,
    HIDDEN_MODULES,
    METHODS_OF_NEW_CLASSES,
    PURE_MODULES,
)
from perfbot.sandbox.gates.policy_view import Finding, View, imports_in, read_imports
from perfbot.sandbox.languages.python_candidate import (
    Candidate,
    Piece,
    edited_module,
    missing_from,
    module_statements,
    original_module,
    own_statement,
)
from perfbot.sandbox.target import Target
from perfbot.sandbox.verdict import Evidence, Status


def check(target: Target, edit: Edit, *, allow: frozenset[str] = frozenset()) -> Evidence:
    """Refute an edit that newly uses a construct of the tables, unless `allow` has its category."""
    original = original_module(target)
    try:
        edited = edited_module(target, edit.file_source)
    except UsageError as error:
        return Evidence("policy", Status.REFUTED, f"The edit cannot be read: {error.happened}")
    known = {(item.category, item.construct) for item in _in_function(original, original, target)}
    found = [
        item
        for item in _findings(original, edited, target)
        if (item.category, item.construct) not in known
    ]
    refused = sorted(
        (item for item in found if item.category not in allow), key=lambda item: item.line
    )
    data = {
        "refused": [[item.category, item.construct, item.line] for item in refused],
        "allowed": sorted({item.category for item in found} & allow),
    }
    if not refused:
        return Evidence("policy", Status.SURVIVED, "Nothing new that is refused.", data=data)
    first = refused[0]
    return Evidence(
        "policy",
        Status.REFUTED,
        f"{first.construct}, new in line {first.line} (allow-list key: {first.category}).",
        data=data,
    )


def _findings(original: Candidate, edited: Candidate, target: Target) -> Iterator[Finding]:
    yield from _in_function(edited, original, target)
    added = [
        piece
        for piece in missing_from(original.module, edited.module.pieces)
        if piece.kind != "target"
    ]
    for piece in added:
        yield from _in_piece(piece, edited, original, target)
    tables = {name for piece in original.module.pieces + tuple(added) for name in _tables(piece)}
    view = _view(own_statement(edited), edited)
    views = [_view(piece.statement, edited) for piece in added]
    yield from state_findings(view, tables, added, views)
    yield from snapshot_findings(ast.parse(target.file_source), added, views)


def _tables(piece: Piece) -> set[str]:
    """The names of a constant that a function could change in place."""
    value = getattr(piece.statement, "value", None)
    if piece.kind != "define" or not isinstance(value, ast.expr):
        return set()
    holds = any(isinstance(item, (*TABLE_DISPLAYS, ast.Call)) for item in ast.walk(value))
    return set(piece.binds) if holds else set()


def _in_function(candidate: Candidate, original: Candidate, target: Target) -> list[Finding]:
    view = _view(own_statement(candidate), candidate)
    found = list(_in_view(view, original, target))
    if candidate is original:
        tables = {name for piece in original.module.pieces for name in _tables(piece)}
        found += [*state_findings(view, tables, [], []), *changed_fields(view)]
    return found


def _in_piece(
    piece: Piece, edited: Candidate, original: Candidate, target: Target
) -> Iterator[Finding]:
    if piece.kind in ("docstring", "future"):
        return
    yield from _in_view(_view(piece.statement, edited), original, target)


def _view(node: ast.stmt, candidate: Candidate) -> View:
    module = candidate.module
    imported: dict[str, str] = {}
    modules: set[str] = set()
    for statement in module_statements(module.statements):
        if isinstance(statement, ast.Import | ast.ImportFrom):
            read_imports(statement, imported, modules)
    inside = {item.id for item in ast.walk(node) if isinstance(item, ast.Name)}
    first = min([node.lineno, *(item.lineno for item in getattr(node, "decorator_list", []))])
    lines = range(first, (node.end_lineno or first) + 1)
    here = [name for name in module.names if name.line in lines]
    # a name that only Python's own tree has (`type(x).y = 1` is an alias to tree-sitter) is
    # taken for the module's
    global_names = {name.text for name in here if name.home.kind == "module"} | (
        inside - {name.text for name in here}
    )
    return View(node, frozenset(global_names), imported, modules, module.bound)


def _in_view(view: View, original: Candidate, target: Target) -> Iterator[Finding]:
    yield from _imports(view, original, target)
    for node in ast.walk(view.node):
        if isinstance(node, ast.Name):
            yield from _name(node, view)
        elif isinstance(node, ast.Attribute):
            yield from _attribute(node, view)
        elif isinstance(node, ast.Call):
            yield from _call(node, view)
        elif isinstance(node, ast.Constant):
            yield from _constant(node, view)
        elif isinstance(node, ast.ClassDef):
            yield from _class(node, view)
        elif isinstance(node, ast.ExceptHandler):
            yield from _handler(node, view)
        elif isinstance(node, ast.Try | ast.TryStar):
            yield from _finally(node)
        elif isinstance(node, ast.Global):
            for name in node.names:
                yield Finding("namespaces", f"`global {name}`", node.lineno)


def _imports(view: View, original: Candidate, target: Target) -> Iterator[Finding]:
    own_package = target.module.partition(".")[0]
    for node in ast.walk(view.node):
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            if any(alias.name == "*" for alias in node.names):
                yield Finding("imports", "a star import", node.lineno)
            modules = [] if node.level else [node.module or ""]
            modules += [
                name
                for alias in node.names
                if (name := alias.name.lstrip("_")) in HIDDEN_MODULES and not node.level
            ]
        else:
            continue
        for module in modules:
            top = module.partition(".")[0]
            pure = any(module == name or module.startswith(f"{name}.") for name in PURE_MODULES)
            if pure or (top == own_package and "." in target.module):
                continue
            if top in _imported_packages(original):
                continue
            category = CATEGORY_OF_MODULE.get(top, "dependencies")
            yield Finding(category, f"import of `{module}`", node.lineno)
    for alias, dotted in imports_in(view.node):
        yield from _dotted(dotted, getattr(alias, "lineno", 1))


def _imported_packages(original: Candidate) -> set[str]:
    return {
        dotted.partition(".")[0]
        for statement in original.module.statements
        for _, dotted in imports_in(statement)
    }


def _dotted(dotted: str, line: int) -> Iterator[Finding]:
    """What a path like `os.system`, wherever it was imported under whatever name, gives."""
    parts = dotted.removeprefix("builtins.").split(".")
    path = ".".join(parts)
    above = path.rpartition(".")[0]
    if path in HARMLESS_IN_MODULE or above in ("os.path", "urllib.parse"):
        return
    refused = next((key for key in CATEGORY_OF_CALLABLE if f"{path}.".startswith(f"{key}.")), None)
    if refused is not None:
        yield Finding(CATEGORY_OF_CALLABLE[refused], f"`{path}`", line)
    elif len(parts) == 1 and path in CATEGORY_OF_BUILTIN:
        yield Finding(CATEGORY_OF_BUILTIN[path], f"`{path}`", line)
    elif len(parts) > 1 and parts[0] in CATEGORY_OF_MODULE:
        yield Finding(CATEGORY_OF_MODULE[parts[0]], f"`{path}`", line)
    for part in parts[1:]:
        if part.lstrip("_") in HIDDEN_MODULES and not path.startswith("os.path"):
            yield Finding("introspection", f"the module `{part}` through `{parts[0]}`", line)


def _name(node: ast.Name, view: View) -> Iterator[Finding]:
    dotted = view.dotted(node)
    parent = view.parents.get(node)
    if _is_dunder(node.id) and node.id != "__import__":
        if node.id in view.module_names - _PLAIN_NAMES:
            yield Finding("introspection", f"`{node.id}`", node.lineno)
    elif dotted is not None and not isinstance(parent, ast.Attribute):
        yield from _dotted(dotted, node.lineno)
        called = isinstance(parent, ast.Call) and parent.func is node
        if node.id in view.modules:
            yield Finding("introspection", f"the module `{dotted}` as a value", node.lineno)
        elif dotted == "type" and isinstance(parent, ast.Assign | ast.NamedExpr):
            yield Finding("classes", "`type` under another name", node.lineno)
        elif dotted == "getattr" and not called:
            yield Finding("introspection", "`getattr` as a value", node.lineno)


_PLAIN_NAMES = frozenset({"__name__", "__debug__", "__class__", "__doc__"})


def _attribute(node: ast.Attribute, view: View) -> Iterator[Finding]:
    name = node.attr
    dotted = view.dotted(node)
    parent = view.parents.get(node)
    if dotted is not None and not isinstance(parent, ast.Attribute):
        yield from _dotted(dotted, node.lineno)
    if isinstance(node.ctx, ast.Store | ast.Del):
        for root in sorted(view.roots(node.value)):
            yield Finding("patching", f"assignment to an attribute of `{root}`", node.lineno)
    if name in FRAME_ATTRIBUTES and (dotted is None or name != "modules"):
        yield Finding("introspection", f"`.{name}`", node.lineno)
    elif name == "__class__":
        called = isinstance(parent, ast.Call) and parent.func is node
        named = isinstance(parent, ast.Attribute) and parent.attr in ("__name__", "__qualname__")
        if not called and not named and not isinstance(parent, ast.Compare):
            yield Finding("introspection", "`.__class__`", node.lineno)
    elif _is_dunder(name) and name not in HARMLESS_DUNDERS:
        yield Finding("introspection", f"`.{name}`", node.lineno)


def _call(node: ast.Call, view: View) -> Iterator[Finding]:
    dotted = view.dotted(node.func)
    if dotted in ("getattr", "hasattr") and len(node.args) > 1:
        yield from _asked_by_name(node.args[1], dotted, node.lineno)
    elif dotted in ("operator.attrgetter", "operator.methodcaller"):
        for argument in node.args[: None if dotted.endswith("attrgetter") else 1]:
            yield from _asked_by_name(argument, dotted, node.lineno)
    elif (dotted == "type" or "type" in view.roots(node.func)) and len(node.args) > 1:
        yield Finding("classes", "`type` making a class", node.lineno)
    elif dotted == "contextlib.suppress":
        for argument in node.args:
            if view.dotted(argument) in ("Exception", "BaseException", None):
                yield Finding("exceptions", "suppression of every exception", node.lineno)


def _asked_by_name(argument: ast.expr, asker: str, line: int) -> Iterator[Finding]:
    if not isinstance(argument, ast.Constant) or not isinstance(argument.value, str):
        yield Finding("introspection", f"`{asker}` with a computed name", line)


def _constant(node: ast.Constant, view: View) -> Iterator[Finding]:
    """Attribute names in strings, where `getattr` or a format could use them."""
    if not isinstance(node.value, str) or isinstance(view.parents.get(node), ast.Expr):
        return
    for word in sorted(set(re.split(r"[.\[\]{}]", node.value))):
        hidden = _is_dunder(word) and word not in HARMLESS_DUNDERS
        if hidden or word in FRAME_ATTRIBUTES - {"modules", "mro"}:
            yield Finding("introspection", f"the name `{word}` in a string", node.lineno)


def _class(node: ast.ClassDef, view: View) -> Iterator[Finding]:
    for keyword in node.keywords:
        yield Finding("classes", f"class keyword `{keyword.arg}`", node.lineno)
    if any(view.dotted(base) in ("type", "enum.EnumMeta", "abc.ABCMeta") for base in node.bases):
        yield Finding("classes", "a metaclass", node.lineno)
    for item in ast.walk(node):
        if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef):
            name, line = item.name, item.lineno
        elif isinstance(item, ast.Name) and isinstance(item.ctx, ast.Store):
            name, line = item.id, item.lineno
        else:
            continue
        if _is_dunder(name) and name not in METHODS_OF_NEW_CLASSES:
            yield Finding("classes", f"a class that defines `{name}`", line)


def _handler(node: ast.ExceptHandler, view: View) -> Iterator[Finding]:
    if node.type is None:
        yield Finding("exceptions", "a bare `except:`", node.lineno)
        return
    kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
    for kind in kinds:
        dotted = view.dotted(kind)
        is_named = isinstance(kind, ast.Attribute) or (
            isinstance(kind, ast.Name) and kind.id in view.module_names
        )
        if dotted in ("Exception", "BaseException"):
            yield Finding("exceptions", f"`except {dotted}`", node.lineno)
        elif dotted is None and not is_named:
            yield Finding("exceptions", "`except` of a computed exception", node.lineno)


def _finally(node: ast.Try | ast.TryStar) -> Iterator[Finding]:
    for statement in node.finalbody:
        for item in ast.walk(statement):
            if isinstance(item, ast.Return | ast.Break | ast.Continue):
                yield Finding("exceptions", "a `finally` that drops the exception", item.lineno)


def _is_dunder(name: str) -> bool:
    return len(name) > 4 and name.startswith("__") and name.endswith("__")
