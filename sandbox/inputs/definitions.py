"""Class definitions as text says them: bases, fields, defaults, what is abstract."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from perfbot.sandbox.inputs.scope import Scope

FIELD_DECORATORS = frozenset(("dataclass", "define", "frozen", "mutable", "attrs"))


@dataclass(frozen=True, slots=True)
class Definition:
    """A class of the project with its bases."""

    scope: Scope
    qualname: str
    lineage: tuple[tuple[Scope, ast.ClassDef], ...]
    """The project's classes among its bases and itself, the most basic first."""
    outside: frozenset[str]
    """The last names of the bases that are no classes of the project."""

    @property
    def node(self) -> ast.ClassDef:
        return self.lineage[-1][1]

    def defines(self, name: str) -> bool:
        """Whether the class or one of its bases in the project has an attribute or method."""
        return any(name in members(node) for _, node in self.lineage)


def definition(scope: Scope, qualname: str) -> Definition:
    """The class with all its bases."""
    lineage: list[tuple[Scope, ast.ClassDef]] = []
    outside: set[str] = set()

    def add(where: Scope, name: str) -> None:
        node = where.classes[name]
        if any(known is node for _, known in lineage):
            return
        for base in reversed(node.bases):
            text = ast.unparse(base.value if isinstance(base, ast.Subscript) else base)
            found = where.find(text)
            if found.scope is not None and found.name in found.scope.classes:
                add(found.scope, found.name)
            else:
                outside.add(found.last)
        lineage.append((where, node))

    add(scope, qualname)
    return Definition(scope, qualname, tuple(lineage), frozenset(outside))


def members(node: ast.ClassDef) -> set[str]:
    names = {item.name for item in node.body if isinstance(item, (ast.FunctionDef, ast.ClassDef))}
    names |= {item.name for item in node.body if isinstance(item, ast.AsyncFunctionDef)}
    return names | {name for name, _, _ in annotated(node)}


def annotated(node: ast.ClassDef) -> Iterator[tuple[str, str, ast.expr | None]]:
    """(name, annotation, value) of the fields in a class's body."""
    for item in node.body:
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
            yield item.target.id, ast.unparse(item.annotation).strip("'\""), item.value


def has_fields(node: ast.ClassDef) -> bool:
    return bool(decorators(node).keys() & FIELD_DECORATORS)


def decorators(node: ast.ClassDef) -> dict[str, ast.expr]:
    """The decorators by their last names."""
    named = ((item.func if isinstance(item, ast.Call) else item, item)
             for item in node.decorator_list)  # fmt: skip
    return {ast.unparse(name).rpartition(".")[2]: item for name, item in named}


def in_init(value: ast.expr | None) -> bool:
    return not isinstance(value, ast.Call) or not any(
        item.arg == "init" and is_constant(item.value, False) for item in value.keywords
    )


def has_default(value: ast.expr | None) -> bool:
    if not isinstance(value, ast.Call):
        return value is not None
    named = {item.arg for item in value.keywords}
    if ast.unparse(value.func).rpartition(".")[2] not in ("field", "Field", "attrib", "ib"):
        return True
    given = bool(value.args) and not is_constant(value.args[0], Ellipsis)
    return given or bool(named & {"default", "default_factory", "factory"})


def is_abstract(found: Definition) -> bool:
    """Whether a method is marked abstract and no later class defines it."""
    waiting: set[str] = set()
    for _, node in found.lineage:
        for item in node.body:
            if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef)):
                marks = {ast.unparse(mark).rpartition(".")[2] for mark in item.decorator_list}
                waiting -= {item.name}
                waiting |= {item.name} if "abstractmethod" in marks else set()
    return bool(waiting)


def functional_parts(node: ast.expr) -> Iterator[tuple[str, str]]:
    """(name, annotation or "") of a functional definition's second argument."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        for name in node.value.replace(",", " ").split():
            yield name, ""
    elif isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield key.value, ast.unparse(value)
    elif isinstance(node, (ast.List, ast.Tuple)):
        for item in node.elts:
            if isinstance(item, ast.Constant) and isinstance(item.value, str):
                yield item.value, ""
            elif isinstance(item, ast.Tuple) and isinstance(item.elts[0], ast.Constant):
                yield str(item.elts[0].value), ast.unparse(item.elts[1])


def is_constant(node: ast.expr | None, value: object) -> bool:
    return isinstance(node, ast.Constant) and node.value is value
