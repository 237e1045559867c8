"""The faults that are planted: one small function per operator, each yielding changes of text.

To add one, write its function and list it in `OPERATORS` with the nodes it looks at.
"""

import ast
import itertools
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

ARITHMETIC = {
    ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "+"), ast.Div: ("/", "*"),
    ast.FloorDiv: ("//", "*"), ast.Mod: ("%", "*"), ast.Pow: ("**", "*"), ast.MatMult: ("@", "*"),
    ast.LShift: ("<<", ">>"), ast.RShift: (">>", "<<"),
    ast.BitAnd: ("&", "|"), ast.BitOr: ("|", "&"), ast.BitXor: ("^", "&"),
}  # fmt: skip
COMPARISONS: dict[type[ast.cmpop], tuple[str, tuple[str, ...]]] = {
    ast.Lt: (r"<", ("<=", ">=")), ast.LtE: (r"<=", ("<", ">")),
    ast.Gt: (r">", (">=", "<=")), ast.GtE: (r">=", (">", "<")),
    ast.Eq: (r"==", ("!=",)), ast.NotEq: (r"!=", ("==",)),
    ast.In: (r"\bin\b", ("not in",)), ast.NotIn: (r"\bnot\s+in\b", ("in",)),
    ast.Is: (r"\bis\b", ("is not",)), ast.IsNot: (r"\bis\s+not\b", ("is",)),
}  # fmt: skip
SWAPPED_CALLS = {"min": "max", "max": "min", "any": "all", "all": "any"}
SWAPPED_METHODS = {
    one: other
    for pair in (
        ("lower", "upper"), ("lstrip", "rstrip"), ("find", "rfind"), ("index", "rindex"),
        ("ljust", "rjust"), ("split", "rsplit"), ("partition", "rpartition"),
        ("startswith", "endswith"), ("removeprefix", "removesuffix"),
        ("append", "appendleft"), ("popleft", "pop"), ("union", "intersection"),
    )
    for one, other in (pair, pair[::-1])
    if one not in ("append", "pop", "index")
}  # fmt: skip
OTHER_EXCEPTIONS = {"ValueError": "TypeError", "RuntimeError": "ValueError"}
LOGGING = frozenset(["debug", "info", "warning", "warn", "error", "exception", "critical", "log"])


@dataclass(frozen=True, slots=True)
class Change:
    """Bytes [start, end) of the snippet become `text`."""

    start: int
    end: int
    text: str
    operator: str


@dataclass(frozen=True, slots=True)
class Snippet:
    """A function's source that parses by itself, and the places of its nodes in it."""

    data: bytes
    function: ast.FunctionDef | ast.AsyncFunctionDef
    line_starts: tuple[int, ...]

    @classmethod
    def of(cls, data: bytes) -> "Snippet":
        """The snippet for the first function in `data`.

        Raises: ValueError where there is none, SyntaxError where `data` does not parse.
        """
        for node in ast.walk(ast.parse(data)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                starts = (0, *(match.end() for match in re.finditer(rb"\r\n|\r|\n", data)))
                return cls(data, node, starts)
        raise ValueError("no function in the source")

    def start(self, node: ast.expr | ast.stmt) -> int:
        """The byte a node starts at."""
        return self.line_starts[node.lineno - 1] + node.col_offset

    def end(self, node: ast.expr | ast.stmt) -> int:
        """The byte after a node's last."""
        line = node.end_lineno or node.lineno
        return self.line_starts[line - 1] + (node.end_col_offset or 0)

    def text(self, node: ast.expr | ast.stmt) -> str:
        """A node's source."""
        return self.data[self.start(node) : self.end(node)].decode()

    def line(self, byte: int) -> int:
        """The 1-based line of the snippet that a byte lies on."""
        return self.data.count(b"\n", 0, byte) + 1

    def changed(self, change: Change) -> bytes:
        """The snippet with a change made."""
        return self.data[: change.start] + change.text.encode() + self.data[change.end :]


def changes(snippet: Snippet) -> Iterator[Change]:
    """Every change that some operator can make in the function's body."""
    for node in _mutable(snippet.function):
        for kind, operator in OPERATORS:
            if isinstance(node, kind):
                yield from operator(node, snippet)


def _mutable(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.AST]:
    """The nodes of the body in which a fault would be a fault of the function's work."""
    stack: list[ast.AST] = list(function.body)
    while stack:
        node = stack.pop()
        if _is_exempt(node):
            continue
        yield node
        if isinstance(node, ast.Raise):
            continue  # what it says is a message
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            stack.extend(node.body)
        elif isinstance(node, ast.AnnAssign):
            stack.extend([node.value] if node.value else [])
        else:
            stack.extend(ast.iter_child_nodes(node))


def _is_exempt(node: ast.AST) -> bool:
    if isinstance(node, (ast.Assert, ast.JoinedStr, ast.Import, ast.ImportFrom, ast.ClassDef)):
        return True
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant) or _is_logging(node.value)
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")


def _is_logging(node: ast.expr) -> bool:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    owner = ast.unparse(node.func.value).lower()
    return node.func.attr in LOGGING and ("log" in owner or owner == "warnings")


def _between(
    snippet: Snippet, left: ast.expr, right: ast.expr, pattern: str, text: str, operator: str
) -> Iterator[Change]:
    """Replaces the operator's token between two operands, not one in a comment there."""
    start, end = snippet.end(left), snippet.start(right)
    gap = re.sub(rb"#[^\n]*", lambda found: b" " * len(found.group()), snippet.data[start:end])
    found = re.search(pattern.encode(), gap)
    if found:
        yield Change(start + found.start(), start + found.end(), text, operator)


def _replace(snippet: Snippet, node: ast.expr | ast.stmt, text: str, operator: str) -> Change:
    return Change(snippet.start(node), snippet.end(node), text, operator)


def _binary(node: ast.BinOp, snippet: Snippet) -> Iterator[Change]:
    text = isinstance(node.left, ast.Constant) and isinstance(node.left.value, (str, bytes))
    if isinstance(node.op, ast.Mod) and (text or isinstance(node.left, ast.JoinedStr)):
        return  # formatting
    token, other = ARITHMETIC[type(node.op)]
    yield from _between(snippet, node.left, node.right, re.escape(token), other, "arithmetic")


def _augmented(node: ast.AugAssign, snippet: Snippet) -> Iterator[Change]:
    token, other = ARITHMETIC[type(node.op)]
    pattern = re.escape(token) + "="
    for text in (other + "=", "="):
        yield from _between(snippet, node.target, node.value, pattern, text, "augmented assignment")


def _comparison(node: ast.Compare, snippet: Snippet) -> Iterator[Change]:
    operands = [node.left, *node.comparators]
    for at, kind in enumerate(node.ops):
        pattern, others = COMPARISONS[type(kind)]
        for text in others:
            boundary = text.rstrip("=") == pattern.rstrip("=") and pattern[0] in "<>"
            name = "comparison boundary" if boundary else "comparison negated"
            yield from _between(snippet, operands[at], operands[at + 1], pattern, text, name)


def _boolean(node: ast.BoolOp, snippet: Snippet) -> Iterator[Change]:
    token, other = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
    for left, right in itertools.pairwise(node.values):
        yield from _between(snippet, left, right, rf"\b{token}\b", other, "and/or")


def _unary(node: ast.UnaryOp, snippet: Snippet) -> Iterator[Change]:
    start = snippet.start(node)
    if isinstance(node.op, ast.Not):
        yield Change(start, start + 3, "", "remove not")
    elif isinstance(node.op, (ast.USub, ast.Invert)):
        yield Change(start, start + 1, "", "remove unary")


def _constant(node: ast.Constant, snippet: Snippet) -> Iterator[Change]:
    value = node.value
    texts: tuple[str, ...] = ()
    if isinstance(value, bool):
        texts = (str(not value),)
    elif isinstance(value, int):
        texts = (str(value + 1), str(value - 1) if value else "-1")
    elif isinstance(value, float):
        texts = (repr(value + 1.0),)
    elif isinstance(value, str):
        texts = (repr(value + "XX"), '""') if value else ('"XX"',)
    elif isinstance(value, bytes):
        texts = (repr(value + b"XX"),)
    for text in texts:
        yield _replace(snippet, node, text, "constant")


def _jump(node: ast.Break | ast.Continue, snippet: Snippet) -> Iterator[Change]:
    text = "continue" if isinstance(node, ast.Break) else "break"
    yield _replace(snippet, node, text, "break/continue")


def _statement(node: ast.Assign | ast.AugAssign | ast.Expr, snippet: Snippet) -> Iterator[Change]:
    if not isinstance(node, ast.Expr) or isinstance(node.value, (ast.Call, ast.Await)):
        yield _replace(snippet, node, "pass", "remove statement")


def _return(node: ast.Return, snippet: Snippet) -> Iterator[Change]:
    if node.value is not None:
        yield _replace(snippet, node.value, "None", "return None")


def _condition(node: ast.If | ast.IfExp | ast.While, snippet: Snippet) -> Iterator[Change]:
    text = snippet.text(node.test)
    if isinstance(node, ast.While):
        yield _replace(snippet, node.test, "False", "empty loop")
        return
    for other in (f"not ({text})", "True", "False"):
        yield _replace(snippet, node.test, other, "condition")


def _filter(node: ast.comprehension, snippet: Snippet) -> Iterator[Change]:
    for test in node.ifs:
        yield _replace(snippet, test, f"(not ({snippet.text(test)}))", "condition")
        yield _replace(snippet, test, "True", "condition")


def _loop(node: ast.For, snippet: Snippet) -> Iterator[Change]:
    yield _replace(snippet, node.iter, "()", "empty loop")


def _else(node: ast.If | ast.For | ast.While, snippet: Snippet) -> Iterator[Change]:
    """The else branch does nothing; an elif is an `if` of its own."""
    if not node.orelse:
        return
    first, last = node.orelse[0], node.orelse[-1]
    if snippet.data[snippet.start(first) :].startswith(b"elif"):
        return
    yield Change(snippet.start(first), snippet.end(last), "pass", "drop else")


def _slice(node: ast.Slice, snippet: Snippet) -> Iterator[Change]:
    if node.lower is None:
        yield Change(snippet.start(node), snippet.start(node), "1", "slice bound")
    for bound in (node.lower, node.upper):
        if bound is not None:
            yield _replace(snippet, bound, "", "slice bound")
            yield _replace(snippet, bound, f"({snippet.text(bound)}) + 1", "slice bound")
    if node.step is not None:
        yield _replace(snippet, node.step, "", "slice bound")


def _call(node: ast.Call, snippet: Snippet) -> Iterator[Change]:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if name in SWAPPED_CALLS:
        yield _replace(snippet, node.func, SWAPPED_CALLS[name], f"{name}/{SWAPPED_CALLS[name]}")
    # Without a limit, split and rsplit are the same.
    limited = len(node.args) + len(node.keywords) > 1 or "split" not in method
    if method in SWAPPED_METHODS and limited:
        end = snippet.end(node.func)
        yield Change(end - len(method), end, SWAPPED_METHODS[method], "method")
    if name == "range":
        for bound in node.args[:2]:
            for step in ("- 1", "+ 1"):
                yield _replace(snippet, bound, f"({snippet.text(bound)}) {step}", "range bound")
    if name == "sorted" or method == "sort":
        yield from _sort(node, snippet)
    if method in ("get", "pop", "setdefault") and len(node.args) == 2:
        start, end = snippet.end(node.args[0]), snippet.end(node.args[1])
        yield Change(start, end, "", "drop default")


def _sort(node: ast.Call, snippet: Snippet) -> Iterator[Change]:
    if any(item.arg == "reverse" for item in node.keywords):
        return  # its constant is changed as a constant
    given = [*node.args, *(item.value for item in node.keywords)]
    if len(given) == 1 and isinstance(given[0], ast.GeneratorExp):
        text = snippet.text(given[0])
        text = text if text.startswith("(") else f"({text})"
        yield _replace(snippet, given[0], f"({text}, reverse=True)", "sort order")
    elif given:
        last = max(snippet.end(item) for item in given)
        yield Change(last, last, ", reverse=True", "sort order")
    else:
        yield Change(snippet.end(node) - 1, snippet.end(node) - 1, "reverse=True", "sort order")


def _raise(node: ast.Raise, snippet: Snippet) -> Iterator[Change]:
    raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    if isinstance(raised, ast.Name) and raised.id[:1].isupper():
        other = OTHER_EXCEPTIONS.get(raised.id, "RuntimeError")
        yield _replace(snippet, raised, other, "exception type")


OPERATORS: tuple[tuple[type | tuple[type, ...], Callable[..., Iterable[Change]]], ...] = (
    (ast.BinOp, _binary),
    (ast.AugAssign, _augmented),
    (ast.Compare, _comparison),
    (ast.BoolOp, _boolean),
    (ast.UnaryOp, _unary),
    (ast.Constant, _constant),
    ((ast.Break, ast.Continue), _jump),
    ((ast.Assign, ast.AugAssign, ast.Expr), _statement),
    (ast.Return, _return),
    ((ast.If, ast.IfExp, ast.While), _condition),
    (ast.comprehension, _filter),
    (ast.For, _loop),
    ((ast.If, ast.For, ast.While), _else),
    (ast.Slice, _slice),
    (ast.Call, _call),
    (ast.Raise, _raise),
)
