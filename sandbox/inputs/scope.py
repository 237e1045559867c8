"""What the names in a module stand for, followed through the project's files; nothing is imported.

Imports under `if TYPE_CHECKING:` count like any other: only the text is read.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

MAX_HOPS = 12
"""Imports that are followed for one name; re-exports in a ring end here."""
MAX_FILE_BYTES = 1 << 20
FUNCTIONAL = frozenset(("Enum", "IntEnum", "StrEnum", "Flag", "IntFlag", "namedtuple",
                        "NamedTuple", "TypedDict"))  # fmt: skip
"""Functions that make a class of their arguments."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A TypeVar: its bound, or what it may stand for; neither means anything."""

    name: str
    bound: str = ""
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What a name stands for: `name` in `scope`, or a name that no file of the project defines."""

    scope: "Scope | None"
    name: str

    @property
    def last(self) -> str:
        """`List` of `typing.List`."""
        return self.name.rpartition(".")[2]


@dataclass(slots=True)
class Files:
    """A project's modules, read at the first need."""

    root: Path | None = None
    import_roots: Sequence[str] = (".",)
    scopes: dict[str, "Scope | None"] = field(default_factory=dict)

    def scope(self, module: str) -> "Scope | None":
        """The scope of a module of the project, or None for any other."""
        if module not in self.scopes:
            self.scopes[module] = None
            self.scopes[module] = self._read(module)
        return self.scopes[module]

    def _read(self, module: str) -> "Scope | None":
        if self.root is None or not module or not module.replace(".", "").isidentifier():
            return None
        for import_root in self.import_roots:
            base = self.root / import_root / module.replace(".", "/")
            for path, package in ((base.with_suffix(".py"), False), (base / "__init__.py", True)):
                if path.is_file() and path.stat().st_size <= MAX_FILE_BYTES:
                    try:
                        return Scope(path.read_text(encoding="utf-8"), module, package, self)
                    except (SyntaxError, UnicodeDecodeError):
                        return None  # a file of another Python than ours
        return None


class Scope:
    """The names of one module."""

    def __init__(
        self,
        source: str,
        module: str = "",
        package: bool = False,
        files: Files | None = None,
    ) -> None:
        self.module, self.package = module, package
        self.files = files if files is not None else Files()
        self.aliases: dict[str, str] = {}
        self.variables: dict[str, Variable] = {}
        self.imports: dict[str, tuple[str, str]] = {}
        self.stars: list[str] = []
        self.classes: dict[str, ast.ClassDef] = {}
        self.made: dict[str, ast.Call] = {}
        """Classes made by a call: `Enum("Colour", "RED GREEN")`."""
        self.functions: dict[str, ast.FunctionDef] = {}
        self.constants: dict[str, ast.expr] = {}
        """Numbers, and sums and products of numbers, as last assigned."""
        for node in _statements(ast.parse(source).body):
            self._note(node)

    def _note(self, node: ast.stmt) -> None:
        match node:
            case ast.ImportFrom(module=module, names=names, level=level):
                origin = self._absolute(module or "", level)
                self.stars += [origin for item in names if item.name == "*"]
                self.imports |= {
                    item.asname or item.name: (origin, item.name)
                    for item in names
                    if item.name != "*"
                }
            case ast.Import(names=names):
                for item in names:
                    top = item.name.partition(".")[0]
                    self.imports[item.asname or top] = (item.name if item.asname else top, "")
            case ast.ClassDef():
                self._note_class(node, "")
            case ast.FunctionDef(name=name):
                self.functions[name] = node
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                self._note_value(name, value)
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=value):
                if value is not None and ast.unparse(annotation).endswith("TypeAlias"):
                    self.aliases[name] = _text(value)
                elif value is not None and _is_number(value):
                    self.constants[name] = value
            case _ if type(node).__name__ == "TypeAlias":  # Python 3.12: type Vec = list[float]
                self.aliases[ast.unparse(node.name)] = ast.unparse(node.value)  # type: ignore[attr-defined]
                self.variables |= parameters_of(node)

    def _note_class(self, node: ast.ClassDef, outer: str) -> None:
        qualname = outer + node.name
        self.classes[qualname] = node
        for inner in node.body:
            if isinstance(inner, ast.ClassDef):
                self._note_class(inner, f"{qualname}.")

    def _note_value(self, name: str, value: ast.expr) -> None:
        if _is_number(value):
            self.constants[name] = value
        elif isinstance(value, (ast.Subscript, ast.BinOp)):
            self.aliases[name] = ast.unparse(value)
        elif isinstance(value, (ast.Name, ast.Attribute)):
            if name != ast.unparse(value):
                self.aliases[name] = ast.unparse(value)
        elif isinstance(value, ast.Call):
            made_by = ast.unparse(value.func).rpartition(".")[2]
            if made_by == "NewType" and len(value.args) == 2:
                self.aliases[name] = _text(value.args[1])
            elif made_by == "TypeVar":
                bounds = [_text(item.value) for item in value.keywords if item.arg == "bound"]
                options = tuple(map(_text, value.args[1:]))
                self.variables[name] = Variable(name, "".join(bounds), options)
            elif made_by in FUNCTIONAL:
                self.made[name] = value

    def _absolute(self, module: str, level: int) -> str:
        if not level:
            return module
        parts = self.module.split(".")
        kept = parts[: len(parts) - level + self.package]
        return ".".join([*kept, *([module] if module else [])])

    def find(self, dotted: str, hops: int = 0) -> Found:
        """What a dotted name stands for."""
        if dotted in self._own:
            return Found(self, dotted)
        first, _, rest = dotted.partition(".")
        if hops < MAX_HOPS:
            if first in self.imports:
                return self._follow(*self.imports[first], rest, hops)
            for origin in self.stars:
                scope = self.files.scope(origin)
                found = scope.find(dotted, hops + 1) if scope is not None else None
                if found is not None and found.scope is not None:
                    return found
        return Found(None, dotted)

    def _follow(self, module: str, name: str, rest: str, hops: int) -> Found:
        inner = ".".join(part for part in (name, rest) if part)
        scope = self.files.scope(module)
        found = scope.find(inner, hops + 1) if scope is not None and inner else None
        if found is not None and found.scope is not None:
            return found
        # What was imported is a module, or a package on the way to one.
        parts = inner.split(".")
        for count in range(len(parts) - 1, 0, -1):
            scope = self.files.scope(".".join([module, *parts[:count]]))
            if scope is not None:
                return scope.find(".".join(parts[count:]), hops + 1)
        return found if found is not None else Found(None, f"{module}.{inner}")

    @cached_property
    def _own(self) -> frozenset[str]:
        tables: tuple[Mapping[str, object], ...] = (
            self.aliases, self.variables, self.classes, self.made, self.functions, self.constants,
        )  # fmt: skip
        return frozenset(name for table in tables for name in table)

    def neighbours(self) -> list["Scope"]:
        """This scope and those of the project that it imports from."""
        origins = dict.fromkeys([*(origin for origin, _ in self.imports.values()), *self.stars])
        found = [self, *(self.files.scope(origin) for origin in origins)]
        return list(dict.fromkeys(item for item in found if item is not None))


def parameters_of(node: ast.AST) -> dict[str, Variable]:
    """The type parameters of a function, class or alias (PEP 695), by name."""
    found = {}
    for item in getattr(node, "type_params", ()):
        bound = getattr(item, "bound", None)
        if isinstance(bound, ast.Tuple):
            found[item.name] = Variable(item.name, "", tuple(map(_text, bound.elts)))
        else:
            found[item.name] = Variable(item.name, "" if bound is None else _text(bound))
    return found


def scope_of(
    source: str,
    module: str = "",
    *,
    package: bool = False,
    root: Path | None = None,
    import_roots: Sequence[str] = (".",),
    qualname: str = "",
) -> Scope:
    """The scope of a target's file, with the type parameters of the function `qualname` in it.

    `root` and `import_roots` say where the project's other modules lie.

    Raises: SyntaxError where `source` is not Python.
    """
    files = Files(root, import_roots)
    scope = files.scopes[module] = Scope(source, module, package, files)
    for node in _along(ast.parse(source).body, qualname.split(".")):
        scope.variables |= parameters_of(node)
    return scope


def _along(body: Sequence[ast.stmt], names: Sequence[str]) -> Iterator[ast.stmt]:
    """The definitions that a dotted name goes through."""
    for node in _statements(body):
        if names and getattr(node, "name", None) == names[0]:
            yield node
            yield from _along(getattr(node, "body", ()), names[1:])


def _statements(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """A module's statements, those in `if` and `try` included."""
    for node in body:
        yield node
        if isinstance(node, (ast.If, ast.Try, ast.With)):
            yield from _statements(node.body)
            yield from _statements(getattr(node, "orelse", []))
            for handler in getattr(node, "handlers", []):
                yield from _statements(handler.body)


def _is_number(node: ast.expr) -> bool:
    """Whether an expression is made of numbers alone."""
    if isinstance(node, ast.BinOp):
        return _is_number(node.left) and _is_number(node.right)
    if isinstance(node, ast.UnaryOp):
        return _is_number(node.operand)
    return isinstance(node, ast.Constant) and type(node.value) in (int, float)


def _text(node: ast.expr) -> str:
    """An annotation's text, unquoted where it is a string."""
    quoted = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return str(node.value) if quoted else ast.unparse(node)  # type: ignore[attr-defined]
