"""A Python file as bytes and as a syntax tree that know each other's positions."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Replacement:
    """`text` in place of the UTF-8 bytes [start, end) of a file; start == end inserts."""

    start: int
    end: int
    text: str


class SourceFile:
    """A parsed file. Offsets are UTF-8 bytes, as in `ast`'s columns.

    Raises: SyntaxError when the text is no Python.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.data = text.encode()
        self.tree = ast.parse(text)
        self.newline = "\r\n" if b"\r\n" in self.data else "\n"
        self.parent: dict[ast.AST, ast.AST] = {}
        """The node around each node; filled by `focus`."""
        self._line_starts = [0]
        for line in self.data.splitlines(keepends=True):
            self._line_starts.append(self._line_starts[-1] + len(line))

    def focus(self, node: FunctionNode) -> None:
        """Record the parents of everything in a definition, and of the blocks around it.

        The rest of a large file is not walked: rules look at one function.
        """
        pending: list[ast.AST] = [self.tree]
        while pending:
            above = pending.pop()
            for child in blocks(above):
                self.parent[child] = above
                pending.append(child)
        for above in ast.walk(node):
            for child in ast.iter_child_nodes(above):
                self.parent[child] = above

    @cached_property
    def names(self) -> frozenset[str]:
        """Every identifier that occurs anywhere in the file: a fresh name is none of these."""
        found: set[str] = set()
        for node in ast.walk(self.tree):
            for field in ("id", "name", "attr", "arg", "asname", "rest"):
                value = getattr(node, field, None)
                if isinstance(value, str):
                    found.add(value)
            if isinstance(node, ast.Global | ast.Nonlocal):
                found.update(node.names)
        return frozenset(found)

    @cached_property
    def module_names(self) -> frozenset[str]:
        """The names bound at module level, inside `if` and `try` too."""
        found: set[str] = set()
        for node in walk_scope(self.tree.body):
            found.update(bound_names(node))
        if "global" in self.text:
            declared = [node for node in ast.walk(self.tree) if isinstance(node, ast.Global)]
            found.update(name for node in declared for name in node.names)
        return frozenset(found)

    @cached_property
    def top_imports(self) -> dict[str, str]:
        """Local name -> `module` or `module:attribute` for the unconditional imports."""
        found: dict[str, str] = {}
        for node in self.tree.body:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    if alias.asname or "." not in alias.name:
                        found[alias.asname or alias.name] = alias.name
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                for alias in node.names:
                    found[alias.asname or alias.name] = f"{node.module}:{alias.name}"
        return found

    def span(self, node: ast.AST) -> tuple[int, int]:
        """The bytes of a node; a decorated definition starts at its first decorator's `@`."""
        line, column = node.lineno, node.col_offset  # type: ignore[attr-defined]
        start = self._line_starts[line - 1] + column
        decorators = getattr(node, "decorator_list", None)
        if decorators:
            first = decorators[0]
            start = self._line_starts[first.lineno - 1] + first.col_offset
            start = self.data.rindex(b"@", 0, start)
        end_line, end_column = node.end_lineno, node.end_col_offset  # type: ignore[attr-defined]
        return start, self._line_starts[end_line - 1] + end_column

    def line_start(self, offset: int) -> int:
        """The offset of the first byte of the line that holds `offset`."""
        before = self.data[:offset]
        return max(before.rfind(b"\n"), before.rfind(b"\r")) + 1

    def line_end(self, offset: int) -> int:
        """The offset just past the newline of the line that holds `offset`."""
        found = self.data.find(b"\n", offset)
        return len(self.data) if found < 0 else found + 1

    def in_fstring(self, node: ast.AST) -> bool:
        """Whether a node lies in an f-string, where Python before 3.12 misplaces nodes."""
        return any(isinstance(above, ast.JoinedStr) for above in self.ancestors(node))

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """The nodes around a node, from the nearest outwards."""
        while node in self.parent:
            node = self.parent[node]
            yield node

    def apply(self, replacements: Iterable[Replacement]) -> str:
        """The file's text with non-overlapping replacements made."""
        data = self.data
        for piece in reversed(sorted(replacements, key=lambda r: (r.start, r.end))):
            text = piece.text.replace("\n", self.newline)
            data = data[: piece.start] + text.encode() + data[piece.end :]
        return data.decode()


def walk_scope(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """The nodes of one scope: nested definitions and lambdas are given but not entered."""
    stack = list(body)[::-1]
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, FunctionNode | ast.ClassDef | ast.Lambda):
            stack.extend(list(ast.iter_child_nodes(node))[::-1])


def bound_names(node: ast.AST) -> Iterator[str]:
    """The names that this one node binds in its scope."""
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            yield name
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.alias(name=name, asname=asname):
            yield asname or name.partition(".")[0]
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
            yield name
        case ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
            yield name


def functions(tree: ast.Module) -> Iterator[tuple[str, FunctionNode]]:
    """Every definition with its dotted name, in the order of the file."""
    pending: list[tuple[str, ast.AST]] = [("", tree)]
    while pending:
        prefix, node = pending.pop()
        if isinstance(node, FunctionNode):
            yield prefix + node.name, node
        if isinstance(node, FunctionNode | ast.ClassDef):
            prefix = f"{prefix}{node.name}."
        pending += [(prefix, child) for child in reversed(list(blocks(node)))]


def blocks(node: ast.AST) -> Iterator[ast.AST]:
    """The statements, handlers and cases directly inside a compound statement."""
    for field in ("body", "handlers", "cases", "orelse", "finalbody"):
        block = getattr(node, field, None)
        if isinstance(block, list):
            yield from block
