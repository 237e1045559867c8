"""What a rule may ask about the function it looks at: text, names, loops, mutation."""

import ast
import keyword
from collections.abc import Iterable, Iterator
from functools import cached_property

from perfbot.agents.rules import kinds
from perfbot.agents.rules.source import (
    FunctionNode,
    Replacement,
    SourceFile,
    bound_names,
    walk_scope,
)

Loop = ast.For | ast.While
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp

# fmt: off
READING_METHODS = frozenset({
    "copy", "count", "endswith", "find", "format", "get", "index", "isalnum", "isalpha", "isdigit",
    "islower", "isspace", "isupper", "items", "join", "keys", "lower", "lstrip", "replace", "rfind",
    "rstrip", "split", "splitlines", "startswith", "strip", "title", "upper", "values",
})
READING_BUILTINS = frozenset({
    "abs", "all", "any", "bool", "chr", "dict", "divmod", "enumerate", "float", "frozenset", "int",
    "isinstance", "len", "list", "max", "min", "ord", "print", "range", "repr", "reversed", "round",
    "set", "sorted", "str", "sum", "tuple", "zip",
})
# fmt: on


class Function:
    """One definition in a file. "Own" nodes are those of its scope, not of nested functions."""

    def __init__(
        self, file: SourceFile, node: FunctionNode, given: dict[tuple[str, str], str] | None = None
    ) -> None:
        self.file = file
        self.node = node
        self.own = tuple(walk_scope(node.body))
        self._builtin: dict[str, bool] = {}
        self.names_in_progress: set[str] = set()
        # Fresh names handed out so far; shared by the nested functions of one proposal.
        self._given = {} if given is None else given

    # --- names ---

    @cached_property
    def parameters(self) -> dict[str, ast.expr | None]:
        """Parameter -> annotation."""
        found = self.node.args
        every = [*found.posonlyargs, *found.args, *found.kwonlyargs]
        named = {arg.arg: arg.annotation for arg in every}
        return named | {arg.arg: None for arg in (found.vararg, found.kwarg) if arg}

    @cached_property
    def outer(self) -> frozenset[str]:
        """Names declared global or nonlocal here."""
        declared = [n for n in self.own if isinstance(n, ast.Global | ast.Nonlocal)]
        return frozenset(name for node in declared for name in node.names)

    @cached_property
    def locals(self) -> frozenset[str]:
        """Names bound in this scope, parameters included."""
        bound = {name for node in self.own for name in bound_names(node)}
        return frozenset((bound | set(self.parameters)) - self.outer)

    @cached_property
    def captured(self) -> frozenset[str]:
        """Names not to reason about: used by nested scopes, or bound by `except`, `def`, `import`.

        A nested function may change them at any time; the others are bound by no Name node.
        """
        nested = [n for n in self.own if isinstance(n, FunctionNode | ast.ClassDef | ast.Lambda)]
        mentioned = {n.id for node in nested for n in ast.walk(node) if isinstance(n, ast.Name)}
        odd = {name for n in self.own if not isinstance(n, ast.Name) for name in bound_names(n)}
        return frozenset(mentioned | odd)

    @cached_property
    def _uses(self) -> dict[str, list[ast.Name]]:
        found: dict[str, list[ast.Name]] = {}
        for node in self.own:
            if isinstance(node, ast.Name):
                found.setdefault(node.id, []).append(node)
        return found

    def uses(self, name: str) -> list[ast.Name]:
        """Every mention of a name in this scope, in the order of the text."""
        return self._uses.get(name, [])

    def stores(self, name: str) -> list[ast.Name]:
        """The mentions that bind or delete the name."""
        return [use for use in self.uses(name) if not isinstance(use.ctx, ast.Load)]

    def is_plain_local(self, name: str) -> bool:
        """Whether only this scope's own statements can rebind the name."""
        return name in self.locals and name not in self.captured

    def is_builtin(self, name: str) -> bool:
        """Whether a name still means Python's builtin here."""
        if name not in self._builtin:
            self._builtin[name] = self._means_builtin(name)
        return self._builtin[name]

    def _means_builtin(self, name: str) -> bool:
        if name in self.locals or name in self.outer or name in self.file.module_names:
            return False
        for above in self.file.ancestors(self.node):
            if isinstance(above, FunctionNode):
                arguments = [a.arg for a in ast.walk(above.args) if isinstance(a, ast.arg)]
                bound = (other for n in walk_scope(above.body) for other in bound_names(n))
                if name in arguments or name in bound:
                    return False
        return True

    def is_call(self, node: ast.AST | None, *names: str, args: int | None = 1) -> bool:
        """Whether a node calls one of these builtins by position only."""
        return (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in names
            and not node.keywords
            and (args is None or len(node.args) == args)
            and not any(isinstance(arg, ast.Starred) for arg in node.args)
            and self.is_builtin(node.func.id)
        )

    def module_of(self, node: ast.expr) -> str | None:
        """`module` or `module:attribute` that an expression means through a top-level import."""
        if isinstance(node, ast.Name) and node.id not in self.locals | self.outer:
            return self.file.top_imports.get(node.id)
        if isinstance(node, ast.Attribute):
            module = self.module_of(node.value)
            return f"{module}:{node.attr}" if module and ":" not in module else None
        return None

    def fresh(self, stem: str, key: str = "") -> str:
        """A name not in the file yet, the same again for the same stem and key."""
        if (stem, key) not in self._given:
            name, turn = stem, 1
            while name in self.file.names or name in self._given.values():
                turn += 1
                name = f"{stem}_{turn}"
            self._given[stem, key] = name
        return self._given[stem, key]

    def local(self, stem: str, key: str) -> str:
        """`stem` itself where this function says it nowhere as a name, else a fresh name."""
        mine = {n.id for n in ast.walk(self.node) if isinstance(n, ast.Name)} | self.locals
        return self.fresh(stem, key) if stem in mine or keyword.iskeyword(stem) else stem

    def imported(self, module: str, attribute: str) -> tuple[str, tuple[str, ...]]:
        """How to write `module.attribute` here, and the import lines this needs."""
        mine = self.locals | self.outer
        for name, meaning in self.file.top_imports.items():
            if name not in mine and meaning == f"{module}:{attribute}":
                return name, ()
            if name not in mine and meaning == module:
                return f"{name}.{attribute}", ()
        if attribute not in self.file.names:
            return attribute, (f"from {module} import {attribute}",)
        name = self.fresh(f"_{attribute}", module)
        return name, (f"from {module} import {attribute} as {name}",)

    # --- text ---

    def text(self, node: ast.AST) -> str:
        """A node's own text; where that spans lines or lies in an f-string, a normal form."""
        start, end = self.file.span(node)
        found = self.file.data[start:end].decode()
        return ast.unparse(node) if "\n" in found or self.file.in_fstring(node) else found

    def operand(self, node: ast.expr) -> str:
        """A node's text, in parentheses unless it binds as tightly as a name."""
        atoms = ast.Name | ast.Constant | ast.Call | ast.Subscript | ast.Attribute
        tight = isinstance(node, atoms | ast.List | ast.Dict | ast.Set)
        return self.text(node) if tight else f"({self.text(node)})"

    def indent(self, statement: ast.stmt) -> str:
        """The white space before a statement."""
        start = self.file.span(statement)[0]
        return self.file.data[self.file.line_start(start) : start].decode()

    def _owns_lines(self, statement: ast.stmt) -> bool:
        """Whether a statement shares its lines with no other: not `if a: b`, `a; b` or `elif`."""
        start, end = self.file.span(statement)
        data = self.file.data
        before = data[self.file.line_start(start) : start]
        after = data[end : self.file.line_end(end)].strip()
        is_elif = isinstance(statement, ast.If) and data[start : start + 4] == b"elif"
        return not before.strip() and not is_elif and (not after or after.startswith(b"#"))

    def replace(self, node: ast.AST, text: str) -> Replacement | None:
        """`text` in place of an expression, or of the lines of a statement."""
        start, end = self.file.span(node)
        if isinstance(node, ast.stmt):
            if not self._owns_lines(node):
                return None
            text = text.replace("\n", "\n" + self.indent(node))
        elif self.file.in_fstring(node):
            return None
        return Replacement(start, end, text)

    def replace_run(self, first: ast.stmt, last: ast.stmt, text: str) -> Replacement | None:
        """`text` in place of all statements from `first` to `last` of one block."""
        if not (self._owns_lines(first) and self._owns_lines(last)):
            return None
        text = text.replace("\n", "\n" + self.indent(first))
        return Replacement(self.file.span(first)[0], self.file.span(last)[1], text)

    def insert_before(self, statement: ast.stmt, *lines: str) -> Replacement | None:
        """New lines before a statement, indented as it is."""
        if not self._owns_lines(statement):
            return None
        at = self.file.line_start(self.file.span(statement)[0])
        pad = self.indent(statement)
        return Replacement(at, at, "".join(f"{pad}{line}\n" for line in lines))

    def insert_after(self, statement: ast.stmt, *lines: str) -> Replacement | None:
        """New lines after a statement, indented as it is."""
        if not self._owns_lines(statement):
            return None
        end = self.file.span(statement)[1]
        at = self.file.line_end(end)
        pad = self.indent(statement)
        if not self.file.data[end:at].endswith(b"\n"):
            return Replacement(at, at, "".join(f"\n{pad}{line}" for line in lines))
        return Replacement(at, at, "".join(f"{pad}{line}\n" for line in lines))

    def delete(self, statement: ast.stmt) -> Replacement | None:
        """A statement's lines removed; the block must keep another statement."""
        if not self._owns_lines(statement):
            return None
        start, end = self.file.span(statement)
        return Replacement(self.file.line_start(start), self.file.line_end(end), "")

    # --- structure ---

    def within(self, node: ast.AST, region: ast.AST) -> bool:
        """Whether a node is `region` or lies in it."""
        return node is region or region in self.file.ancestors(node)

    def statement_of(self, node: ast.AST) -> ast.stmt:
        """The innermost statement that holds a node."""
        if isinstance(node, ast.stmt):
            return node
        return next(n for n in self.file.ancestors(node) if isinstance(n, ast.stmt))

    def block_of(self, statement: ast.stmt) -> list[ast.stmt]:
        """The list of statements that a statement stands in."""
        above = self.file.parent[statement]
        for field in ("body", "orelse", "finalbody"):
            block = getattr(above, field, None)
            if isinstance(block, list) and statement in block:
                return block
        return [statement]

    def previous(self, statement: ast.stmt) -> ast.stmt | None:
        """The statement just before one in its block."""
        block = self.block_of(statement)
        index = block.index(statement)
        return block[index - 1] if index else None

    def following(self, statement: ast.stmt) -> ast.stmt | None:
        """The statement just after one in its block."""
        block = self.block_of(statement)
        index = block.index(statement) + 1
        return block[index] if index < len(block) else None

    def repeats(self, node: ast.AST) -> list[Loop | Comprehension]:
        """The loops and comprehensions of this scope that run a node again and again."""
        found: list[Loop | Comprehension] = []
        below = node
        for above in self.file.ancestors(node):
            if above is self.node or isinstance(above, FunctionNode | ast.Lambda | ast.ClassDef):
                break
            once_in_for = isinstance(above, ast.For) and (
                below is above.iter or below in above.orelse
            )
            once = once_in_for or (isinstance(above, ast.While) and below in above.orelse)
            if isinstance(above, Loop) and not once:
                found.append(above)
            elif isinstance(above, Comprehension):
                first = above.generators[0]
                if not (below is first and self.within(node, first.iter)):
                    found.append(above)
            below = above
        return found

    def outermost_free(self, node: ast.AST, names: Iterable[str]) -> ast.stmt | None:
        """The statement of the outermost loop around a node that leaves `names` untouched."""
        wanted = set(names)
        found: ast.stmt | None = None
        for loop in self.repeats(node):
            if not all(self.untouched(name, loop) for name in wanted):
                break
            found = self.statement_of(loop)
        return found

    def names_in(self, node: ast.AST) -> set[str]:
        """The names an expression reads."""
        return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}

    # --- mutation ---

    def untouched(self, name: str, region: ast.AST) -> bool:
        """Whether a region neither rebinds a name nor, as far as one sees, changes its value."""
        if name in self.captured or name in self.outer:
            return False
        if name not in self.locals and not name.isupper() and self._calls_others(region):
            return False  # what is called may change a variable of the module
        return all(self.is_read(use) for use in self.uses(name) if self.within(use, region))

    def _calls_others(self, region: ast.AST) -> bool:
        """Whether a region calls anything but builtins and methods that only read."""
        for node in ast.walk(region):
            if isinstance(node, ast.Call) and not self.is_call(node, *READING_BUILTINS, args=None):
                method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
                if method not in READING_METHODS | {"append", "add", "extend"}:
                    return True
        return False

    def is_read(self, use: ast.Name) -> bool:
        """Whether one mention of a name can neither rebind it nor change or leak its value."""
        if not isinstance(use.ctx, ast.Load):
            return False
        above = self.file.parent[use]
        match above:
            case ast.Subscript(value=value, ctx=ctx):
                return value is not use or isinstance(ctx, ast.Load)
            case ast.Attribute(attr=attr):
                call = self.file.parent[above]
                return attr in READING_METHODS and isinstance(call, ast.Call) and call.func is above
            case ast.Call(func=func):
                if isinstance(func, ast.Name) and func is not use:
                    return func.id in READING_BUILTINS and self.is_builtin(func.id)
                return self._immutable(use) or func is use
            case ast.Assign() | ast.Return() | ast.Yield() | ast.List() | ast.Tuple():
                return self._immutable(use)
            case ast.AugAssign(value=value):
                return value is use
            case ast.For() | ast.comprehension() | ast.Compare() | ast.BinOp() | ast.UnaryOp():
                return True
            case ast.BoolOp() | ast.IfExp() | ast.If() | ast.While() | ast.FormattedValue():
                return True
            case ast.Slice() | ast.Index() | ast.Assert():
                return True
        return self._immutable(use)

    def _immutable(self, use: ast.Name) -> bool:
        return self.kind(use) in ("int", "float", "bool", "str", "bytes", "range", "NoneType")

    def kind(self, node: ast.expr) -> str | None:
        """The builtin type's name of an expression's value, or None where unknown."""
        return kinds.kind_of(self, node)

    def element_kind(self, node: ast.expr) -> str | None:
        """The builtin type's name of what iterating an expression gives, or None."""
        return kinds.element_kind(self, node)

    def loops(self) -> Iterator[Loop]:
        """The `for` and `while` statements of this scope, outer ones first."""
        yield from (node for node in self.own if isinstance(node, Loop))
