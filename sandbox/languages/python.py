"""Python source texts: which functions a file holds, and where."""

import ast
import difflib
import functools
import re
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from perfbot.sandbox.errors import UsageError
from perfbot.sandbox.languages.python_modules import module_name
from perfbot.sandbox.target import Target

if TYPE_CHECKING:
    from tree_sitter import Node, Parser, Tree

_CODING_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_UTF8_NAMES = frozenset({b"utf8", b"utf-8", b"utf-8-sig", b"ascii", b"us-ascii"})
_IMPLICIT_KIND = {
    "__new__": "staticmethod",
    "__init_subclass__": "classmethod",
    "__class_getitem__": "classmethod",
}


@dataclass(frozen=True, slots=True)
class Function:
    """A function in a text. Byte offsets and 1-based lines include its decorators."""

    qualname: str
    start_byte: int
    end_byte: int
    start_line: int
    end_line: int
    kind: str
    """function, method, staticmethod or classmethod."""
    is_async: bool
    is_generator: bool


@dataclass(frozen=True, slots=True)
class Definition:
    """A function's place in a syntax tree: `node` is its `def`, `outer` has the decorators too."""

    qualname: str
    node: "Node"
    outer: "Node"
    in_class: bool


def parse_tree(source: bytes) -> "Tree":
    """Return the tree-sitter tree of `source`; it has error nodes where the text is wrong."""
    return _parser().parse(source)


def syntax_tree(source: str, path: str) -> ast.Module:
    """Return Python's own tree of `source`.

    Raises:
        UsageError: the text is not Python; the message names `path` and the line.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source.encode(), path)
    except SyntaxError as error:
        line = error.lineno or 1
        raise UsageError(
            f"{path}:{line}: not valid Python: {error.msg}",
            "Correct that line, then run perfbot again. If it is the syntax of a newer Python than "
            f"{sys.version_info[0]}.{sys.version_info[1]}, which perfbot runs on, install perfbot "
            "for that one.",
        ) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise UsageError(f"{path}: not valid Python: {error}") from error


def functions(file_source: str) -> list[Function]:
    """Return the functions of a text that can be targets, in the order of the text.

    Methods, static and class methods, nested classes and functions under `if`, `try` or `with`
    at module level count; functions inside functions and `typing.overload` stubs do not.
    """
    source = file_source.encode()
    return [_describe(item, source) for item in definitions(parse_tree(source).root_node)]


def definitions(root: "Node") -> Iterator[Definition]:
    """Yield the places of what `functions` returns, in the order of the text."""
    yield from _definitions_in(root, "", in_class=False)


def locate(
    root: Path, path: str, qualname: str | None, line: int | None = None, *, import_root: str
) -> Target:
    """Return the function `qualname` of `root/path`, or the one that spans `line` (1-based).

    A bare method name is enough where one class only has it; of several definitions under one
    name the last one counts, as it does at run time. `import_root` is relative to `root`.

    Raises:
        UsageError: no such file or function, not Python, not UTF-8, a syntax error, an ambiguous
            name, or a function inside a function.
    """
    file_source = read_source(root, path)
    syntax_tree(file_source, path)
    found = functions(file_source)
    if qualname is not None:
        function = _by_name(found, qualname, path, file_source)
    elif line is not None:
        function = _by_line(found, line, path)
    else:
        raise UsageError(f"{path}: no function was named.", f"Write {path}::FUNCTION.")
    return target_of(root, path, function, file_source, import_root=import_root)


def target_of(
    root: Path, path: str, function: Function, file_source: str, *, import_root: str
) -> Target:
    """Return the Target for a `function` that `functions` found in `file_source`."""
    return Target(
        root=root,
        path=path,
        qualname=function.qualname,
        module=module_name(path, import_root),
        import_root=import_root,
        file_source=file_source,
        start_byte=function.start_byte,
        end_byte=function.end_byte,
        start_line=function.start_line,
        end_line=function.end_line,
        kind=function.kind,
        is_async=function.is_async,
        is_generator=function.is_generator,
    )


def read_source(root: Path, path: str) -> str:
    """Return the text of `root/path` with its newlines and byte order mark as they are.

    Raises:
        UsageError: no such file, not a `.py` file, or not UTF-8.
    """
    file = root / path
    if not file.is_file():
        siblings = [item.name for item in file.parent.glob("*.py")] if file.parent.is_dir() else []
        close = difflib.get_close_matches(file.name, siblings)
        raise UsageError(f"{path}: no such file.", _did_you_mean(close))
    if file.suffix != ".py":
        raise UsageError(f"{path}: not a Python file.", "perfbot reads files that end in .py.")
    data = file.read_bytes()
    for text in data.split(b"\n", 2)[:2]:
        cookie = _CODING_COOKIE.match(text)
        if cookie and cookie[1].lower().replace(b"_", b"-") not in _UTF8_NAMES:
            raise UsageError(
                f"{path}: declares the encoding {cookie[1].decode()}.", "Save it as UTF-8."
            )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: not UTF-8 (byte {error.start}).", "Save it as UTF-8.") from error


@functools.cache
def _parser() -> "Parser":
    import tree_sitter_python
    from tree_sitter import Language, Parser

    return Parser(Language(tree_sitter_python.language()))


def _definitions_in(node: "Node", prefix: str, *, in_class: bool) -> Iterator[Definition]:
    for child in node.named_children:
        inner = child
        if child.type == "decorated_definition":
            inner = child.child_by_field_name("definition") or child
        name = inner.child_by_field_name("name")
        if inner.type == "function_definition" and name is not None:
            if not _is_overload(child):
                yield Definition(prefix + _text(name), inner, child, in_class)
        elif inner.type == "class_definition" and name is not None:
            body = inner.child_by_field_name("body")
            if body is not None:
                yield from _definitions_in(body, f"{prefix}{_text(name)}.", in_class=True)
        elif child.type in _STATEMENTS_WITH_BLOCKS:
            yield from _definitions_in(child, prefix, in_class=in_class)


_STATEMENTS_WITH_BLOCKS = frozenset(
    {
        *("block", "if_statement", "elif_clause", "else_clause", "try_statement"),
        *("except_clause", "except_group_clause", "finally_clause", "with_statement"),
        *("for_statement", "while_statement", "match_statement", "case_clause"),
    }
)


def _describe(item: Definition, source: bytes) -> Function:
    start, end = item.outer.start_byte, item.outer.end_byte
    # tree-sitter counts the carriage return of a CRLF file to a comment that ends the span
    end -= len(source[start:end]) - len(source[start:end].rstrip())
    return Function(
        qualname=item.qualname,
        start_byte=start,
        end_byte=end,
        start_line=item.outer.start_point[0] + 1,
        end_line=source.count(b"\n", 0, end) + 1,
        kind=_kind(item),
        is_async=item.node.children[0].type == "async",
        is_generator=_yields(item.node),
    )


def _kind(item: Definition) -> str:
    if not item.in_class:
        return "function"
    for decorator in _decorators(item.outer):
        if decorator in ("staticmethod", "classmethod"):
            return decorator
    return _IMPLICIT_KIND.get(item.qualname.rpartition(".")[2], "method")


def _is_overload(outer: "Node") -> bool:
    return any(text.rpartition(".")[2] == "overload" for text in _decorators(outer))


def _decorators(outer: "Node") -> list[str]:
    marks = [child for child in outer.children if child.type == "decorator"]
    return [_text(mark).removeprefix("@").strip() for mark in marks]


def _yields(function: "Node") -> bool:
    body = function.child_by_field_name("body")
    waiting = [body] if body is not None else []
    while waiting:
        node = waiting.pop()
        if node.type == "yield":
            return True
        if node.type not in ("function_definition", "class_definition", "lambda"):
            waiting += node.children
    return False


def _by_name(found: list[Function], qualname: str, path: str, file_source: str) -> Function:
    exact = [item for item in found if item.qualname == qualname]
    if exact:
        return exact[-1]
    ending = [item for item in found if item.qualname.endswith(f".{qualname}")]
    names = list(dict.fromkeys(item.qualname for item in ending))
    if len(names) > 1:
        raise UsageError(
            f"{path}: `{qualname}` is ambiguous: {', '.join(names)}.",
            f"Write the full name, e.g. {path}::{names[0]}.",
        )
    if ending:
        return ending[-1]
    outer = _holder_of_nested(file_source, qualname.rpartition(".")[2])
    if outer is not None:
        raise UsageError(
            f"{path}: `{qualname}` is inside the function `{outer}`; a nested function is not a "
            "target by itself.",
            f"Name the outer one: {path}::{outer}.",
        )
    all_names = list(dict.fromkeys(item.qualname for item in found))
    close = difflib.get_close_matches(qualname, all_names)
    listed = _did_you_mean(close) or _listing(path, all_names)
    raise UsageError(f"{path}: no function `{qualname}`.", listed)


def _by_line(found: list[Function], line: int, path: str) -> Function:
    around = [item for item in found if item.start_line <= line <= item.end_line]
    if around:
        return around[-1]
    nearest = sorted(found, key=lambda item: abs(item.start_line - line))[:3]
    places = ", ".join(f"{item.qualname} (line {item.start_line})" for item in nearest)
    raise UsageError(
        f"{path}:{line}: no function there.",
        f"Nearest: {places}." if places else f"{path} has no functions.",
    )


def _holder_of_nested(file_source: str, name: str) -> str | None:
    for item in definitions(parse_tree(file_source.encode()).root_node):
        waiting = list(item.node.children)
        while waiting:
            node = waiting.pop()
            inner = node.child_by_field_name("name")
            if node.type == "function_definition" and inner is not None and _text(inner) == name:
                return item.qualname
            waiting += node.children
    return None


def _listing(path: str, names: list[str]) -> str:
    if not names:
        return f"{path} has no functions."
    more = f" and {len(names) - 8} more" if len(names) > 8 else ""
    return f"It has: {', '.join(names[:8])}{more}."


def _did_you_mean(close: list[str]) -> str:
    return f"Did you mean {' or '.join(close)}?" if close else ""


def _text(node: "Node") -> str:
    return (node.text or b"").decode()
