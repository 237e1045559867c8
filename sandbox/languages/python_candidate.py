"""A candidate's text taken apart: the target's new code, and the statements beside it."""

import ast
import builtins
import functools
import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from perfbot.sandbox.errors import UsageError
from perfbot.sandbox.languages.python import Definition, definitions, parse_tree, syntax_tree
from perfbot.sandbox.languages.python_names import Name, names, spliced
from perfbot.sandbox.target import Target

if TYPE_CHECKING:
    from tree_sitter import Node

BUILTINS = frozenset(dir(builtins))
FIRST = re.compile(rb"#!|#.*?coding[:=]")
"""What only counts in a file's first two lines. Source: PEP 263, and execve(2)."""
_LABEL = "the candidate"


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """One top-level statement. `start` and `end` are bytes, comments directly above included."""

    kind: str
    """import, future, define (function, class or constant), docstring, target or other."""
    node: "Node"
    statement: ast.stmt
    start: int
    end: int
    binds: frozenset[str]
    uses: frozenset[str]
    """Names of the module that it reads or binds."""


@dataclass(frozen=True, slots=True)
class Module:
    """A text with its pieces and names."""

    source: bytes
    pieces: tuple[Piece, ...]
    names: tuple[Name, ...]

    @property
    def bound(self) -> frozenset[str]:
        """Names the module binds, wherever in the text it does so."""
        return frozenset(
            name.text for name in self.names if name.home.kind == "module" and name.binds
        )

    @property
    def taken(self) -> frozenset[str]:
        """Names that mean something here already: bound, or expected to be there."""
        return frozenset(name.text for name in self.names if name.home.kind == "module")

    def import_specs(self) -> dict[str, set[str]]:
        """For each name that only imports bind, what it is imported from."""
        found: dict[str, list[str]] = {}
        for statement in module_statements(self.statements):
            if isinstance(statement, ast.Import | ast.ImportFrom):
                for alias in statement.names:
                    found.setdefault(bound_name(alias), []).append(import_spec(statement, alias))
        times: dict[str, int] = {}
        for name in self.names:
            if name.home.kind == "module" and name.binds:
                times[name.text] = times.get(name.text, 0) + 1
        only_imported = {name for name in found if times.get(name) == len(found[name])}
        return {name: set(found[name]) for name in only_imported}

    @property
    def statements(self) -> list[ast.stmt]:
        return [piece.statement for piece in self.pieces]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A module that holds the target's new code."""

    module: Module
    function: Definition
    indented: bool = False
    """Whether the text was indented as a whole, so that its first line is now `if True:`."""


def read_module(source: str, path: str, function: Definition | None = None) -> Module:
    """Take a text apart; the statement that holds `function` becomes the `target` piece.

    Raises:
        UsageError: the text is not Python.
    """
    tree = syntax_tree(source, path)
    encoded = source.encode()
    root = parse_tree(encoded).root_node
    return _take_apart(encoded, tree.body, root, root, function)


def read_candidate(text: str, target: Target) -> Candidate:
    """Take apart the source of a function; a text that is indented as a whole is accepted.

    Raises:
        UsageError: the text is not Python or has no function of the target's name.
    """
    text = _with_first_indent(text)
    first_line = next((line for line in text.splitlines() if line.strip()), "")
    indented = first_line[:1] in (" ", "\t") and not first_line.lstrip().startswith("#")
    source = f"if True:\n{text}" if indented else text
    syntax_tree(source, _LABEL)
    function = _find(parse_tree(source.encode()).root_node, target)
    return _candidate(source.encode(), function, indented)


def rewritten(candidate: Candidate, splices: Mapping[tuple[int, int], str]) -> Candidate:
    """Return the candidate with spans of its text replaced; no splice may add a line.

    Raises:
        UsageError: the result is not Python.
    """
    source = spliced(candidate.module.source, splices)
    row = candidate.function.node.start_point[0]
    for item in definitions(parse_tree(source).root_node):
        if item.node.start_point[0] == row:
            return _candidate(source, item, candidate.indented)
    raise UsageError(f"{_LABEL} lost its function in a renaming.")


def own_statement(candidate: Candidate) -> ast.FunctionDef | ast.AsyncFunctionDef:
    """Return the function itself in Python's own tree."""
    tree = ast.Module(body=candidate.module.statements, type_ignores=[])
    return function_statement(tree, candidate.function)


@functools.lru_cache(maxsize=16)
def original_module(target: Target) -> Candidate:
    """Take apart the target's own file."""
    function = original_function(target)
    return Candidate(read_module(target.file_source, target.path, function), function)


def edited_module(target: Target, file_source: str) -> Candidate:
    """Take apart a new text of the target's file.

    Raises:
        UsageError: it is not Python, or has not as many functions of the target's name.
    """
    before = _definitions(target.file_source, target.qualname)
    after = _definitions(file_source, target.qualname)
    starts = [item.outer.start_byte for item in before]
    if len(before) != len(after) or target.start_byte not in starts:
        raise UsageError(
            f"{target.path}: not exactly as many functions `{target.qualname}` as in the original"
        )
    function = after[starts.index(target.start_byte)]
    return Candidate(read_module(file_source, target.path, function), function)


def missing_from(original: Module, pieces: Iterable[Piece]) -> list[Piece]:
    """Return the statements that `original` has not, whatever their layout and comments."""
    texts = {piece.node.text for piece in original.pieces}
    unlike = [piece for piece in pieces if piece.node.text not in texts]
    if not unlike:
        return []
    dumps = {ast.dump(statement) for statement in original.statements}
    return [piece for piece in unlike if ast.dump(piece.statement) not in dumps]


def original_function(target: Target) -> Definition:
    """Return the target's place in the tree of its own file.

    Raises:
        UsageError: `target` does not fit its own text.
    """
    root = parse_tree(target.file_source.encode()).root_node
    for item in definitions(root):
        if item.outer.start_byte == target.start_byte:
            return item
    raise UsageError(f"{target.path}: no function begins at byte {target.start_byte}.")


def function_statement(
    tree: ast.AST, definition: Definition
) -> ast.FunctionDef | ast.AsyncFunctionDef:
    """Return the statement of Python's own tree that `definition` stands for.

    Raises:
        UsageError: the two trees do not fit.
    """
    line = definition.node.start_point[0] + 1
    name = definition.qualname.rpartition(".")[2]
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if node.lineno == line and node.name == name:
            return node
    raise UsageError(f"`{definition.qualname}` cannot be read as Python {_python_version()}.")


def module_statements(body: list[ast.stmt]) -> list[ast.stmt]:
    """Return the statements that run at module level, those under `if` and `try` included."""
    found: list[ast.stmt] = []
    for statement in body:
        found.append(statement)
        for field in ("body", "orelse", "finalbody"):
            if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                found += module_statements(getattr(statement, field, []))
        for handler in getattr(statement, "handlers", []):
            found += module_statements(handler.body)
    return found


def bound_name(alias: ast.alias) -> str:
    """The name that one item of an import binds."""
    return alias.asname or alias.name.partition(".")[0]


def import_spec(statement: ast.Import | ast.ImportFrom, alias: ast.alias) -> str:
    """What one item of an import gives, whatever name it is bound to."""
    if isinstance(statement, ast.ImportFrom):
        return f"{'.' * statement.level}{statement.module or ''}:{alias.name}"
    return alias.name if alias.asname else alias.name.partition(".")[0]


def _with_first_indent(text: str) -> str:
    """Give a method cut out at its first decorator the indentation that its `def` still has."""
    cut_out = re.match(r"@.*\n(?:[ \t]*(?:@.*|\)|[^@\s].*)?\n)*?([ \t]+)(?:async )?def ", text)
    return f"{cut_out[1]}{text}" if cut_out else text


def _candidate(source: bytes, function: Definition, indented: bool) -> Candidate:
    body = syntax_tree(source.decode(), _LABEL).body
    root = parse_tree(source).root_node
    container = root
    if indented and isinstance(body[0], ast.If):
        body = body[0].body
        container = root.named_children[0].child_by_field_name("consequence") or root
    return Candidate(_take_apart(source, body, root, container, function), function, indented)


def _definitions(file_source: str, qualname: str) -> list[Definition]:
    root = parse_tree(file_source.encode()).root_node
    return [item for item in definitions(root) if item.qualname == qualname]


def _find(root: "Node", target: Target) -> Definition:
    parts = target.qualname.split(".")
    every = list(definitions(root))
    for wanted in dict.fromkeys((target.qualname, ".".join(parts[-2:]), parts[-1])):
        found = [item for item in every if item.qualname == wanted]
        if found:
            own = _definitions(target.file_source, target.qualname)
            starts = [item.outer.start_byte for item in own]
            # a property's getter and setter share a name: the same one of as many
            same = len(starts) == len(found) and target.start_byte in starts
            return found[starts.index(target.start_byte) if same else -1]
    names_there = ", ".join(dict.fromkeys(item.qualname for item in every)) or "none"
    raise UsageError(
        f"The candidate has no function `{target.qualname}` (its functions: {names_there}).",
        "Give the function's whole new source under its own name.",
    )


def _take_apart(
    source: bytes,
    body: list[ast.stmt],
    root: "Node",
    container: "Node",
    function: Definition | None,
) -> Module:
    nodes = [child for child in container.named_children if child.type != "comment"]
    if root.has_error or len(nodes) != len(body):
        raise UsageError(f"The text cannot be read as Python {_python_version()}.")
    found = names(root)
    starts = [name.start for name in found]
    pieces = []
    for position, (node, statement) in enumerate(zip(nodes, body, strict=True)):
        span = slice(bisect_left(starts, node.start_byte), bisect_left(starts, node.end_byte))
        inside = [name for name in found[span] if name.home.kind == "module"]
        pieces.append(
            Piece(
                kind=_piece_kind(node, function, position),
                node=node,
                statement=statement,
                start=_with_comments_above(node),
                end=_with_comment_beside(node),
                binds=frozenset(name.text for name in inside if name.binds),
                uses=frozenset(name.text for name in inside),
            )
        )
    return Module(source, tuple(pieces), tuple(found))


def _piece_kind(node: "Node", function: Definition | None, position: int) -> str:
    if function and node.start_byte <= function.node.start_byte < node.end_byte:
        return "target"
    if node.type in ("import_statement", "import_from_statement"):
        return "import"
    if node.type == "future_import_statement":
        return "future"
    if node.type in ("function_definition", "class_definition", "decorated_definition"):
        return "define"
    if node.type == "expression_statement" and node.named_children:
        inner = node.named_children[0]
        if inner.type == "assignment" and _binds_only_names(inner):
            return "define"
        if inner.type in ("string", "concatenated_string") and position == 0:
            return "docstring"
    return "other"


def _binds_only_names(assignment: "Node") -> bool:
    left = assignment.child_by_field_name("left")
    right = assignment.child_by_field_name("right")
    if left is None or left.type not in ("identifier", "pattern_list", "tuple_pattern"):
        return False
    if any(child.type != "identifier" for child in left.named_children):
        return False
    chained = right is not None and right.type == "assignment"
    return _binds_only_names(right) if chained and right is not None else True


def _with_comments_above(node: "Node") -> int:
    start, row = node.start_byte, node.start_point[0]
    above = node.prev_named_sibling
    while above is not None and above.type == "comment" and above.start_point[0] == row - 1:
        before = above.prev_named_sibling
        if before is not None and before.end_point[0] == above.start_point[0]:
            break
        if above.start_point[0] < 2 and FIRST.match(above.text or b""):
            break
        start, row, above = above.start_byte, above.start_point[0], before
    return start


def _with_comment_beside(node: "Node") -> int:
    after = node.next_named_sibling
    if after is not None and after.type == "comment" and after.start_point[0] == node.end_point[0]:
        return after.end_byte
    return node.end_byte


def _python_version() -> str:
    import platform

    return platform.python_version()
