"""The types whose values CrossHair can search through, as nested lists that the wire can carry.

`["dict", ["str"], ["list", ["int"]]]` is `dict[str, list[int]]`. None: a type that it cannot.
"""

import ast
from collections.abc import Mapping, Sequence
from typing import Any

from perfbot.sandbox.inputs.observed import elements, sampled

Tree = list[Any]
SCALARS: Mapping[str, type] = {
    "int": int,
    "float": float,
    "bool": bool,
    "str": str,
    "bytes": bytes,
    "None": type(None),
}
CONTAINERS: Mapping[str, type] = {"list": list, "set": set, "frozenset": frozenset}
RENAMED: Mapping[str, str] = {
    **{name: "list" for name in ("List", "MutableSequence", "Sequence", "Iterable")},
    **{name: "list" for name in ("Collection", "Container", "Reversible")},
    **{name: "dict" for name in ("Dict", "Mapping", "MutableMapping")},
    **{name: "set" for name in ("Set", "AbstractSet", "MutableSet")},
    "Tuple": "tuple",
    "FrozenSet": "frozenset",
    "Text": "str",
    "NoneType": "None",
}
"""Names whose values are searched as another type's: what a caller would most likely pass."""
ANY_LENGTH = "tuple of any length"
MAX_DEPTH = 12
"""Annotations nested deeper than this are taken for recursive aliases."""


def aliases_of(file_source: str) -> dict[str, str]:
    """What a file's names stand for in annotations: `{"L": "List", "Vector": "list[float]"}`."""
    found: dict[str, str] = {}
    for node in ast.parse(file_source).body:
        if isinstance(node, ast.ImportFrom):
            found |= {item.asname: item.name for item in node.names if item.asname}
        elif isinstance(node, ast.Assign) and isinstance(node.value, (ast.Subscript, ast.BinOp)):
            names = [item.id for item in node.targets if isinstance(item, ast.Name)]
            found |= dict.fromkeys(names, ast.unparse(node.value))
    return found


def tree_of(
    annotation: str | None, seen: Sequence[object], aliases: Mapping[str, str]
) -> Tree | None:
    """The type of a parameter: as annotated, or as its observed values say where it is not."""
    if annotation is None:
        return inferred(seen)
    found = _Reader(aliases).read(annotation, 0)
    # A bare `list` says nothing of its items; what was passed does.
    return inferred(seen) if found == ["bare"] else found


class _Reader:
    """Reads one annotation; `aliases` are those of the file it stands in."""

    def __init__(self, aliases: Mapping[str, str]) -> None:
        self._aliases = aliases

    def read(self, node: ast.expr | str, depth: int) -> Tree | None:
        if depth > MAX_DEPTH:
            return None
        if isinstance(node, str):
            try:
                return self.read(ast.parse(node.strip(), mode="eval").body, depth + 1)
            except SyntaxError:
                return None
        if isinstance(node, ast.Constant):
            if node.value is None:
                return ["None"]
            return self.read(node.value, depth + 1) if isinstance(node.value, str) else None
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return self._inside("union", [node.left, node.right], depth)
        if isinstance(node, ast.Subscript):
            inner = node.slice
            arguments = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            return self._subscript(_last_name(node.value), arguments, depth)
        return self._name(_last_name(node), depth)

    def _name(self, name: str, depth: int) -> Tree | None:
        if name in self._aliases:
            return self.read(self._aliases[name], depth + 1)
        name = RENAMED.get(name, name)
        if name in SCALARS:
            return [name]
        return ["bare"] if name in {*CONTAINERS, "dict", "tuple"} else None

    def _subscript(self, name: str, arguments: list[ast.expr], depth: int) -> Tree | None:
        name = self._aliases.get(name, name)
        name = RENAMED.get(name, name)
        if name == "Optional":
            return self._inside("union", [*arguments, ast.Constant(None)], depth)
        if name == "Union":
            return self._inside("union", arguments, depth)
        if name in ("Annotated", "Final"):
            return self.read(arguments[0], depth + 1)
        if name in CONTAINERS:
            return self._inside(name, arguments[:1], depth)
        if name == "dict" and len(arguments) == 2:
            return self._inside("dict", arguments, depth)
        if name == "tuple" and arguments:
            last = arguments[-1]
            if isinstance(last, ast.Constant) and last.value is Ellipsis:
                return self._inside(ANY_LENGTH, arguments[:1], depth)
            return self._inside("tuple", arguments, depth)
        return None

    def _inside(self, kind: str, nodes: Sequence[ast.expr], depth: int) -> Tree | None:
        found = [self.read(node, depth + 1) for node in nodes]
        if None in found or ["bare"] in found:
            return None
        return [kind, *found]


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def inferred(values: Sequence[object], depth: int = 0) -> Tree | None:
    """The type that all of the observed values have, or None where that cannot be said."""
    if depth > MAX_DEPTH:
        return None
    groups: dict[type, list[Any]] = {}
    for value in sampled(values):
        groups.setdefault(type(value), []).append(value)
    trees = [_of_kind(kind, group, depth) for kind, group in groups.items()]
    if not trees or None in trees:
        return None
    return trees[0] if len(trees) == 1 else ["union", *trees]


def _of_kind(kind: type, values: list[Any], depth: int) -> Tree | None:
    name = next((name for name, scalar in SCALARS.items() if scalar is kind), None)
    if name is not None:
        return [name]
    if kind is tuple and len({len(value) for value in values}) == 1:
        columns = [inferred(column, depth + 1) for column in zip(*values, strict=True)]
        return None if None in columns or not columns else ["tuple", *columns]
    inner = inferred(elements(values), depth + 1)
    if kind is dict and inner is not None:
        items = [item for value in values for item in value.values()]
        found = inferred(items, depth + 1)
        return None if found is None else ["dict", inner, found]
    name = next((name for name, container in CONTAINERS.items() if container is kind), None)
    if kind is tuple:
        name = ANY_LENGTH
    return None if name is None or inner is None else [name, inner]


def conforms(value: object, tree: Tree, left: list[int]) -> bool:
    """Whether `value` is exactly of the type, in at most `left[0]` items.

    The value came from a process that is not trusted: a list shared by many holders counts each
    time, so that looking at it ends.
    """
    left[0] -= 1
    if left[0] < 0:
        return False
    name, *inner = tree
    if name in SCALARS:
        return type(value) is SCALARS[name]
    if name == "union":
        return any(conforms(value, option, left) for option in inner)
    if name == "dict":
        return type(value) is dict and all(
            conforms(key, inner[0], left) and conforms(item, inner[1], left)
            for key, item in value.items()
        )
    if name == "tuple":
        return (
            type(value) is tuple
            and len(value) == len(inner)
            and all(conforms(*pair, left) for pair in zip(value, inner, strict=True))
        )
    if name == ANY_LENGTH:
        return type(value) is tuple and all(conforms(item, inner[0], left) for item in value)
    return (
        isinstance(value, (list, set, frozenset))
        and type(value) is CONTAINERS[name]
        and all(conforms(item, inner[0], left) for item in value)
    )
