"""A new body under the original's header: decorators, signature and docstring stay as they were."""

import ast
import re
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from perfbot.sandbox.errors import UsageError
from perfbot.sandbox.languages.python import Definition
from perfbot.sandbox.languages.python_candidate import Candidate, own_statement, rewritten
from perfbot.sandbox.languages.python_parameters import CannotGraftError, Renaming, Splices

if TYPE_CHECKING:
    from tree_sitter import Node


def graft(original: Candidate, candidate: Candidate, renaming: Renaming, others: Splices) -> str:
    r"""Return the function's new text (newlines "\n"), to stand in place of the target's span.

    `others` are the splices of module-level names.

    Raises:
        CannotGraftError: the result is not valid, or not what the candidate's body says.
    """
    try:
        renamed = rewritten(candidate, {**others, **renaming.splices, **renaming.builtins})
    except UsageError as error:
        raise CannotGraftError(error.happened) from error
    old_source, new_source = original.module.source, renamed.module.source
    head, indent = _head(original, old_source)
    for unit in (indent.unit, None):
        lines = _body_lines(renamed.function, new_source, indent.body, unit)
        if bool(_docstring(original.function)) != bool(_docstring(renamed.function)):
            lines = _without_blank_start(lines)
        if renaming.first_line:
            lines.insert(0, indent.body + renaming.first_line)
        if not lines and not _docstring(original.function):
            lines = [f"{indent.body}pass"]
        text = "\n".join([head.replace("\r\n", "\n"), *lines])
        if _says(text, indent, _expected(original, renamed, renaming.first_line)):
            return text
    raise CannotGraftError("its body cannot stand under the original's header")


def as_given(original: Candidate, candidate: Candidate) -> str:
    """Return the candidate's function as it is, at the target's indentation."""
    source, outer = candidate.module.source, candidate.function.outer
    old = leading_space(source, outer.start_byte)
    new = leading_space(original.module.source, original.function.outer.start_byte)
    return moved_text(outer, (outer.start_byte, outer.end_byte), source, old, new)


def differences(original: Candidate, candidate: Candidate) -> tuple[str, ...]:
    """Say what of the candidate's header gives way to the original's."""
    old, new = own_statement(original), own_statement(candidate)
    found = []
    if [ast.dump(item) for item in old.decorator_list] != [
        ast.dump(item) for item in new.decorator_list
    ]:
        found.append("the original's decorators kept")
    if ast.dump(_nameless(old.args)) != ast.dump(_nameless(new.args)) or (
        ast.dump(old.returns or ast.Pass()) != ast.dump(new.returns or ast.Pass())
    ):
        found.append("the original's annotations and defaults kept")
    if type(old) is not type(new):
        found.append("the original's `def` or `async def` kept")
    if ast.get_docstring(old, clean=False) != ast.get_docstring(new, clean=False):
        found.append("the original's docstring kept")
    return tuple(found)


def leading_space(source: bytes, position: int) -> str:
    """Return the white space with which the line of `position` begins, at most up to there."""
    line = source[source.rfind(b"\n", 0, position) + 1 : position]
    return line[: len(line) - len(line.lstrip(b" \t"))].decode()


@dataclass(frozen=True, slots=True)
class _Indent:
    outside: str
    body: str

    @property
    def unit(self) -> str:
        return self.body.removeprefix(self.outside) or "    "


def _nameless(arguments: ast.arguments) -> ast.arguments:
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    copies = [ast.arg(arg="", annotation=item.annotation) for item in every]
    return ast.arguments([], copies, None, [], arguments.kw_defaults, None, arguments.defaults)


def _colon(function: "Node") -> "Node":
    return [child for child in function.children if child.type == ":"][-1]


def _docstring(function: Definition) -> "Node | None":
    body = function.node.child_by_field_name("body")
    statements = [c for c in body.named_children if c.type != "comment"] if body else []
    if not statements or statements[0].type != "expression_statement":
        return None
    inner = statements[0].named_children[0]
    parts = inner.named_children if inner.type == "concatenated_string" else [inner]
    for part in parts:
        opening = (part.named_children[0].text or b"") if part.named_children else b""
        if part.type != "string" or re.match(rb"[rRuU]*[bBfFtT]", opening):
            return None
    return statements[0]


def _indent_of(function: Definition, source: bytes) -> _Indent:
    outside = leading_space(source, function.outer.start_byte)
    body = function.node.child_by_field_name("body")
    if body is not None and body.start_point[0] > _colon(function.node).start_point[0]:
        first = next(child for child in body.named_children if child.type != "comment")
        return _Indent(outside, leading_space(source, first.start_byte))
    unit = re.search(rb"(?m)^([ \t]+)\S", source)
    tabs = unit is not None and unit[1].startswith(b"\t")
    return _Indent(outside, outside + ("\t" if tabs else "    "))


def _head(original: Candidate, source: bytes) -> tuple[str, _Indent]:
    """The original's text up to and with its docstring, and its indentation."""
    function, indent = original.function, _indent_of(original.function, source)
    colon = _colon(function.node)
    start = function.outer.start_byte
    doc = _docstring(function)
    if doc is not None and doc.start_point[0] > colon.start_point[0]:
        return source[start : doc.end_byte].decode(), indent
    head = source[start : colon.end_byte].decode()
    beside = colon.next_sibling
    if (
        beside is not None
        and beside.type == "comment"
        and beside.start_point[0] == (colon.start_point[0])
    ):
        head = source[start : beside.end_byte].decode().rstrip()
    if doc is not None:
        head += f"\n{indent.body}{(doc.text or b'').decode()}"
    return head, indent


def _body_lines(function: Definition, source: bytes, indent: str, unit: str | None) -> list[str]:
    """The body's lines without its docstring, moved to `indent`."""
    body = function.node.child_by_field_name("body")
    if body is None:
        raise CannotGraftError("its function has no body")
    doc = _docstring(function)
    start = doc.end_byte if doc is not None else _colon(function.node).end_byte
    own = _indent_of(function, source)
    own_unit = _unit_of(body, source, own)
    text = source[start : body.end_byte].decode().rstrip()
    first, *rest = text.split("\n")
    # what is left of the header's or the docstring's line is a statement of its own, or nothing
    first = first.lstrip("; \t").rstrip()
    lines = [indent + first] if first and not first.startswith("#") else []
    row = source.count(b"\n", 0, start) + 1
    lines += _moved(rest, row, function.node, (own.body, own_unit), (indent, unit or own_unit))
    return lines


def _unit_of(body: "Node", source: bytes, indent: _Indent) -> str:
    """By how much a body indents its blocks: a method cut out of its class has no outside."""
    waiting = list(body.named_children)
    while waiting:
        node = waiting.pop(0)
        if node.type == "block" and node.named_children:
            deeper = leading_space(source, node.named_children[0].start_byte)
            if len(deeper) > len(indent.body) and deeper.startswith(indent.body):
                return deeper.removeprefix(indent.body)
        waiting += node.named_children
    return "\t" if indent.body.endswith("\t") else "    "


def _without_blank_start(lines: list[str]) -> list[str]:
    first = next((number for number, line in enumerate(lines) if line), len(lines))
    return lines[first:]


def moved_text(node: "Node", span: tuple[int, int], source: bytes, old: str, new: str) -> str:
    """Return the span of `source` that holds `node`, moved from one indentation to another.

    Lines inside a string stay as they are; the first line begins where the span does.
    """
    first, *rest = source[span[0] : span[1]].decode().rstrip().split("\n")
    row = source.count(b"\n", 0, span[0]) + 1
    return "\n".join([first.rstrip(), *_moved(rest, row, node, (old, "    "), (new, "    "))])


def _moved(
    lines: list[str], row: int, node: "Node", old: tuple[str, str], new: tuple[str, str]
) -> list[str]:
    """Lines, the first of them at `row`, from one (indentation, unit) to another."""
    strings = _rows_inside_strings(node)
    moved = []
    for number, line in enumerate(lines, row):
        if number in strings:
            moved.append(line)
        else:
            moved.append(_shifted(line, old, new) if line.strip() else "")
    return moved


def _shifted(line: str, old: tuple[str, str], new: tuple[str, str]) -> str:
    content = line.lstrip(" \t")
    space = line[: len(line) - len(content)]
    if not space.startswith(old[0]):
        return new[0] + content.rstrip()
    deeper = space.removeprefix(old[0])
    levels = 0
    while deeper.startswith(old[1]):
        deeper = deeper.removeprefix(old[1])
        levels += 1
    return new[0] + new[1] * levels + deeper + content.rstrip()


def _rows_inside_strings(node: "Node") -> set[int]:
    rows: set[int] = set()
    waiting = [node]
    while waiting:
        item = waiting.pop()
        if item.type == "string":
            rows.update(range(item.start_point[0] + 1, item.end_point[0] + 1))
        else:
            waiting += item.named_children
    return rows


def _expected(original: Candidate, renamed: Candidate, first_line: str) -> list[str]:
    """What the grafted function's statements must be, as dumps of Python's own tree."""
    body = _without_docstring(own_statement(renamed))
    opening = ast.parse(first_line).body if first_line else []
    kept = [own_statement(original).body[0]] if _docstring(original.function) else []
    return [ast.dump(item) for item in [*kept, *opening, *body]]


def _without_docstring(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.stmt]:
    has = ast.get_docstring(function, clean=False) is not None
    return function.body[1:] if has else function.body


def _says(text: str, indent: _Indent, expected: list[str]) -> bool:
    block = f"if True:\n{indent.outside}{text}\n" if indent.outside else f"{text}\n"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(block)
            compile(tree, "the graft", "exec", dont_inherit=True)
    except SyntaxError:
        return False
    statement = tree.body[0]
    function = statement.body[0] if isinstance(statement, ast.If) else statement
    if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    found = [ast.dump(item) for item in function.body]
    return found == (expected or [ast.dump(ast.Pass())])
