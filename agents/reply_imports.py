"""Imports that a reply forgot, or asked for with a star: small models do both.

The judge sees the edit as it ends up here, so a wrong guess is refused like any other edit.
"""

import ast
import builtins
import importlib
import symtable
from collections.abc import Iterator

from perfbot.agents.replies import defines, parsed

_GIVING = ("collections", "itertools", "heapq", "bisect", "functools", "math", "typing", "string")
"""Modules of the standard library whose names a reply may use without saying so, the first first;
not `operator`: `add` and `index` may mean anything."""
_STARRED = (*_GIVING, "operator")
_BUILTINS = frozenset(dir(builtins))


def with_imports(code: str, file_source: str) -> str:
    """The code with its star imports spelt out, and with imports for names that nothing defines.

    `file_source` is the file that it goes into. A name that the file reads already is left alone,
    whatever it is; so are all where the file has a star import of its own.
    """
    here = parsed(file_source)
    if here is None or _has_star(here):
        return code
    spelt = _spelt_out(code)
    if (tree := parsed(spelt)) is None or _has_star(tree):  # anything may come from there
        return spelt
    known = {name for item in here.body for name in defines(item)} | _free(file_source)
    free = sorted(_free(spelt) - known - _BUILTINS)
    return "\n".join([*(line for name in free if (line := _import_of(name))), spelt])


def _free(code: str) -> set[str]:
    """The names that are read as globals and that the code's own top level does not bind."""
    try:
        top = symtable.symtable(code, "reply", "exec")
    except SyntaxError:  # one that only shows beyond the grammar, as of a name global and local
        return set()
    bound = {
        item.get_name()
        for item in top.get_symbols()
        if item.is_assigned() or item.is_imported() or item.is_namespace()
    }
    read = {
        item.get_name()
        for table in _tables(top)
        for item in table.get_symbols()
        if item.is_referenced() and (table is top or item.is_global())
    }
    return read - bound


def _tables(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for child in table.get_children():
        yield from _tables(child)


def _import_of(name: str) -> str:
    """The line that brings a name of the standard library; "" where none is known."""
    if name in _STARRED:
        return f"import {name}"
    module = next((module for module in _GIVING if name in _public(module)), None)
    return f"from {module} import {name}" if module else ""


def _spelt_out(code: str) -> str:
    """The code with each star import of a known module naming what the code uses of it."""
    tree = parsed(code)
    if tree is None:
        return code
    lines = code.splitlines(keepends=True)
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    for item in tree.body:
        if not _starred(item) or lines[item.lineno - 1].strip() != ast.unparse(item):
            continue
        assert isinstance(item, ast.ImportFrom)
        if item.module not in _STARRED or item.level:
            continue
        names = sorted(used & _public(item.module))
        lines[item.lineno - 1] = f"from {item.module} import {', '.join(names)}\n" if names else ""
    return "".join(lines)


def _has_star(tree: ast.Module) -> bool:
    return any(map(_starred, tree.body))


def _starred(item: ast.stmt) -> bool:
    return isinstance(item, ast.ImportFrom) and any(alias.name == "*" for alias in item.names)


def _public(module: str) -> frozenset[str]:
    """What a star import of a module of the standard library brings."""
    found = importlib.import_module(module)
    names = getattr(found, "__all__", None)
    return frozenset(names or [name for name in dir(found) if not name.startswith("_")])
