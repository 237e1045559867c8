"""One stretch of code as the policy gate sees it: what its names stand for, whatever the alias."""

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from perfbot.sandbox.languages.python_candidate import BUILTINS, bound_name


@dataclass(frozen=True, slots=True)
class Finding:
    """A construct that is refused unless the original function uses it too."""

    category: str
    """The allow-list key that relaxes it."""
    construct: str
    line: int


@dataclass(slots=True)
class View:
    """A function or helper, with what is needed to say whose its names are."""

    node: ast.AST
    module_names: frozenset[str]
    """Names that, here, mean the module's or a builtin."""
    imported: dict[str, str]
    """Names bound by imports, with the dotted path of what they stand for."""
    modules: set[str]
    """Those of them that are modules."""
    module_bound: frozenset[str]
    """Names the module itself binds; a builtin among them is no builtin any more."""
    parents: dict[ast.AST, ast.AST] = field(default_factory=dict)
    aliases: dict[str, set[str]] = field(default_factory=dict)
    """Local names that stand for something of the module's, with the names of that."""
    same: dict[str, set[str]] = field(default_factory=dict)
    """Those local names that are the module's object itself, not a part of it."""
    imports_under: dict[str, str] = field(default_factory=dict)
    """Local names bound once, to something imported or builtin, with the path of that."""
    parameters: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        for parent in ast.walk(self.node):
            for child in ast.iter_child_nodes(parent):
                self.parents[child] = parent
        self.imported, self.modules = dict(self.imported), set(self.modules)
        read_imports(self.node, self.imported, self.modules)
        if isinstance(self.node, ast.FunctionDef | ast.AsyncFunctionDef):
            self.parameters = {item.arg for item in all_arguments(self.node.args)}
        self._follow_aliases()

    def dotted(self, node: ast.AST) -> str | None:
        """The path that an expression means: `os.path.join`, `len`; None where it is local."""
        if isinstance(node, ast.Attribute):
            base = self.dotted(node.value)
            return f"{base}.{node.attr}" if base else None
        if not isinstance(node, ast.Name):
            return None
        if node.id in self.imported:
            return self.imported[node.id].removeprefix("builtins.")
        if self.is_builtin(node.id):
            return node.id
        return None

    def is_builtin(self, name: str) -> bool:
        """Whether a name means the builtin here."""
        known = name in BUILTINS or name in ("__builtins__", "exit", "quit")
        return known and name in self.module_names and name not in self.module_bound

    def roots(self, node: ast.AST) -> set[str]:
        """The module's names that an expression reaches into, through attributes and items."""
        while True:
            if isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
                node = node.value
            elif isinstance(node, ast.Call) and _hands_out(node):
                node = node.func
            elif isinstance(node, ast.NamedExpr):
                node = node.value
            else:
                break
        if isinstance(node, ast.IfExp):
            return self.roots(node.body) | self.roots(node.orelse)
        if isinstance(node, ast.BoolOp):
            return {root for value in node.values for root in self.roots(value)}
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            return {root for value in node.elts for root in self.roots(value)}
        if not isinstance(node, ast.Name):
            return set()
        if node.id in self.aliases:
            return self.aliases[node.id]
        outside = node.id in self.module_names or node.id in self.imported
        return {node.id} if outside else set()

    def _follow_aliases(self) -> None:
        """Find local names that are bound to the module's own objects, to the fixed point."""
        pairs = list(self._bindings())
        times = Counter(name for name, _ in pairs)
        for name, value in pairs:
            path = self.dotted(value) if times[name] == 1 else None
            if path is not None and name not in self.parameters:
                self.imports_under[name] = path
        before = -1
        while before != sum(len(found) for found in self.aliases.values()):
            before = sum(len(found) for found in self.aliases.values())
            for name, value in pairs:
                found = self.roots(value)
                if found:
                    self.aliases[name] = self.aliases.get(name, set()) | found
                if found and isinstance(value, ast.Name):
                    self.same[name] = self.same.get(name, set()) | found

    def _bindings(self) -> Iterator[tuple[str, ast.expr]]:
        for node in ast.walk(self.node):
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    yield from _pairs(target, node.value)
            elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and node.value is not None:
                yield from _pairs(node.target, node.value)
            elif isinstance(node, ast.For | ast.comprehension):
                # an item of a module's table belongs to the table
                yield from _loop_pairs(node.target, node.iter)
            elif isinstance(node, ast.withitem) and isinstance(node.optional_vars, ast.Name):
                arguments = (
                    node.context_expr.args if isinstance(node.context_expr, ast.Call) else []
                )
                yield from ((node.optional_vars.id, argument) for argument in arguments)
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                yield from _defaults(node.args)


def imports_in(node: ast.AST) -> Iterator[tuple[ast.alias, str]]:
    """Yield each imported item with the dotted path of what it binds."""
    for item in ast.walk(node):
        if isinstance(item, ast.Import):
            for alias in item.names:
                yield alias, alias.name if alias.asname else alias.name.partition(".")[0]
        elif isinstance(item, ast.ImportFrom):
            base = "." * item.level + (item.module or "")
            for alias in item.names:
                yield alias, f"{base}.{alias.name}" if item.module else f"{base}{alias.name}"


def read_imports(node: ast.AST, imported: dict[str, str], modules: set[str]) -> None:
    """Add to `imported` and `modules` the names that the imports in `node` bind."""
    for item in ast.walk(node):
        for alias, dotted in imports_in(item) if isinstance(item, ast.Import) else ():
            imported[bound_name(alias)] = dotted
            modules.add(bound_name(alias))
        for alias, dotted in imports_in(item) if isinstance(item, ast.ImportFrom) else ():
            imported[bound_name(alias)] = dotted


def all_arguments(arguments: ast.arguments) -> list[ast.arg]:
    """Every parameter, the starred ones too."""
    starred = [item for item in (arguments.vararg, arguments.kwarg) if item is not None]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *starred]


def _defaults(arguments: ast.arguments) -> Iterator[tuple[str, ast.expr]]:
    positional = [*arguments.posonlyargs, *arguments.args]
    with_default = positional[len(positional) - len(arguments.defaults) :]
    for item, value in zip(with_default, arguments.defaults, strict=True):
        yield item.arg, value
    for item, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if default is not None:
            yield item.arg, default


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple | ast.List):
        items = value.elts if isinstance(value, ast.Tuple | ast.List) else []
        same = len(items) == len(target.elts)
        for position, part in enumerate(target.elts):
            yield from _pairs(part, items[position] if same else value)


def _loop_pairs(target: ast.expr, iterable: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """What a loop binds; an item of zip() or enumerate() comes from the one that it belongs to."""
    called, arguments = "", list[ast.expr]()
    if isinstance(iterable, ast.Call) and isinstance(iterable.func, ast.Name):
        called, arguments = iterable.func.id, iterable.args
    if called == "zip" and isinstance(target, ast.Tuple):
        if len(target.elts) == len(arguments):
            for part, argument in zip(target.elts, arguments, strict=True):
                yield from _pairs(part, argument)
    elif called == "enumerate" and isinstance(target, ast.Tuple) and arguments:
        yield from _pairs(target.elts[-1], arguments[0])
    elif called in ("reversed", "iter", "filter", "zip", "enumerate"):
        for argument in arguments:
            yield from _pairs(target, argument)
    elif isinstance(iterable, ast.List | ast.Tuple | ast.Set):
        for item in iterable.elts:
            yield from _pairs(target, item)
    else:
        yield from _pairs(target, iterable)


def _hands_out(call: ast.Call) -> bool:
    """Whether a call gives something that its callee holds, rather than an object of its own."""
    if isinstance(call.func, ast.Name):
        return call.func.id == "type"
    return isinstance(call.func, ast.Attribute) and call.func.attr in (
        *("get", "setdefault", "__getitem__", "values", "items"),
    )
