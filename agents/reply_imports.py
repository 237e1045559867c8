"""Imports that a reply forgot, or asked for with a star: small models do both.

The judge sees the edit as it ends up here, so a wrong guess is refused like any other edit.
"""

import ast
import builtins
import importlib
import symtable
from collections.abc import Iterator

from perfbot.agents.replies import parsed

_GIVING = ("collections", "itertools", "heapq", "bisect", "functools", "math", "typing", "string")
"""Modules of the standard library whose names a reply may use without saying so, the first first;
not `operator`: `add` and `index` may mean anything."""
_STARRED = (*_GIVING, "operator", "numbers", "collections.abc")
_BUILTINS = frozenset(dir(builtins))


def with_imports(code: str, file_source: str) -> str:
    """The code with its star imports spelt out, and with imports for names that nothing defines.

    `file_source` is the file that it goes into. A name that the file binds or reads anywhere is
    left alone, whatever it is; so are all where the file has a star import of its own.
    """
    here = parsed(file_source)
    if here is None or _has_star(here):
        return code
    spelt = _spelt_out(code)
    if (tree := parsed(spelt)) is None or _has_star(tree):  # anything may come from there
        return spelt
    bound, read = _globals(spelt)
    known = set().union(bound, _BUILTINS, *_globals(file_source))
    added = [line for name in sorted(read - known) if (line := _import_of(name))]
    return "\n".join([*added, spelt])


def _globals(code: str) -> tuple[set[str], set[str]]:
    """The global names that a module's text binds, at any place in it, and those that it reads."""
    bound: set[str] = set()
    read: set[str] = set()
    try:
        top = symtable.symtable(code, "reply", "exec")
    except SyntaxError:  # one that only shows beyond the grammar, as of a name global and local
        return bound, read
    for table in _tables(top):
        for item in table.get_symbols():
            if table is top or item.is_global():
                if item.is_assigned() or item.is_imported() or item.is_namespace():
                    bound.add(item.get_name())
                if item.is_referenced():
                    read.add(item.get_name())
    return bound, read


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
    """The code with each star import of a known module naming what the code reads of it."""
    tree = parsed(code)
    if tree is None:
        return code
    lines = code.splitlines(keepends=True)
    _, read = _globals(code)
    for item in tree.body:
        if not isinstance(item, ast.ImportFrom) or not _starred(item):
            continue
        alone = lines[item.lineno - 1].partition("#")[0].strip() == ast.unparse(item)
        if item.module in _STARRED and not item.level and alone:
            names = ", ".join(sorted(read & _public(item.module)))
            lines[item.lineno - 1] = f"from {item.module} import {names}\n" if names else ""
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
