"""From a model's raw reply to the code of one function, or None where the reply has none."""

import ast
import re
import textwrap
import warnings
from collections.abc import Iterator

_ROLE_HEADER = re.compile(r"<\|start_header_id\|>\s*\w+\s*<\|end_header_id\|>")
_CHAT_TOKEN = re.compile(r"<\|[a-z_]+\|>")
_FENCE = re.compile(r"^([ \t]*)(`{3,}|~{3,})[ \t]*([\w+.-]*)[^\n`]*$", re.MULTILINE)
_THOUGHT = re.compile(r"<think>.*?(</think>|\Z)", re.DOTALL)
"""What a model thinks aloud is not its answer, though it may have code in it."""
_LATE_FENCE = re.compile(r"^([^`\n]*\S)[ \t]*(`{3,})[ \t]*$", re.MULTILINE)
"""A fence at the end of the code's last line: it would take that line with it."""
_CODE_START = re.compile(r"^[ \t]*(import |from \w|def |async def |class |@\w|\w+ *(:.*)?= )")
_OTHER_LANGUAGES = frozenset({"bash", "sh", "shell", "console", "text", "json", "diff"})
_MOST_LINES = 2000
"""Longer replies are cut: finding code among prose is quadratic in the lines."""

_FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


def code_from_reply(reply: str, function: str, *, original: str = "") -> str | None:
    """Return the first of `codes_from_reply`: a reply answers first, and then offers alternatives.

    Those tend to do something else ("if you want to handle errors ..."): of 16 replies in COFFE
    with several definitions, 9 do.
    """
    codes = codes_from_reply(reply, function, original=original)
    return codes[0] if codes else None


def codes_from_reply(reply: str, function: str, *, original: str = "") -> list[str]:
    """Return each source of `function` in `reply`, with the imports and helpers that it uses.

    `function` is a qualified name; of `Class.method` the method alone is returned, not indented.
    Left out are examples of use, prints and asserts beside it; headers without a body; and, where
    it is quoted, the function in `original`, a module's source.
    """
    known = _shape(parsed(original), function)
    found = []
    for text in _code_texts(without_chat_tokens(reply)):
        tree = parsed(text)
        node = None if tree is None else _find(tree, function)
        if tree is None or node is None or _is_stub(node) or _shape(tree, function) == known:
            continue
        found.append(_needed_source(text, tree, function))
    return list(dict.fromkeys(found))


def _shape(tree: ast.Module | None, function: str) -> str:
    """The function's code as text, without its layout and docstring; "" where it is not there."""
    node = None if tree is None else _find(tree, function)
    if not isinstance(node, _FUNCTION):
        return ""
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    return ast.dump(node.args) + "".join(ast.dump(statement) for statement in body)


def _is_stub(node: ast.stmt) -> bool:
    """Whether a function has nothing but a docstring, `...`, `pass` or "not implemented"."""
    assert isinstance(node, _FUNCTION)
    return all(
        isinstance(item, ast.Pass)
        or (isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant))
        or (isinstance(item, ast.Raise) and "NotImplementedError" in ast.dump(item))
        for item in node.body
    )


def without_chat_tokens(reply: str) -> str:
    text = _CHAT_TOKEN.sub("", _ROLE_HEADER.sub("", reply))
    text = _THOUGHT.sub("", text).rpartition("</think>")[2]
    text = _LATE_FENCE.sub(r"\1\n\2", text)
    return "\n".join(text.splitlines()[:_MOST_LINES]) + "\n"


def _code_texts(reply: str) -> Iterator[str]:
    """Yield every text that may be code: the fenced blocks, else what parses among the prose."""
    blocks = list(fenced_blocks(reply))
    for block in blocks or [reply]:
        text = textwrap.dedent(block)
        yield text if parsed(text) is not None else _longest_parsing_run(text)


def fenced_blocks(reply: str) -> Iterator[str]:
    """Yield the text of each block; one whose closing fence is missing runs to the end."""
    opened: re.Match[str] | None = None
    for mark in _FENCE.finditer(reply):
        if opened is None:
            opened = mark
        elif mark[2].startswith(opened[2]) and not mark[3]:
            if opened[3].lower() not in _OTHER_LANGUAGES:
                yield reply[opened.end() + 1 : mark.start()]
            opened = None
    if opened is not None and opened[3].lower() not in _OTHER_LANGUAGES:
        yield reply[opened.end() + 1 :]


def _longest_parsing_run(text: str) -> str:
    """Return the longest run of lines that is Python, from the first line that can start one."""
    lines = text.splitlines(keepends=True)
    for start, line in enumerate(lines):
        if not _CODE_START.match(line):
            continue
        for end in range(len(lines), start, -1):
            run = textwrap.dedent("".join(lines[start:end]))
            if parsed(run) is not None:
                return run
    return ""


def parsed(text: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _find(tree: ast.Module, function: str) -> ast.stmt | None:
    """Return the definition of `function`; a method may also stand outside its class."""
    *classes, name = function.split(".")
    body: list[ast.stmt] = tree.body
    for outer in classes:
        inner = [node for node in body if isinstance(node, ast.ClassDef) and node.name == outer]
        if not inner:
            body = tree.body
            break
        body = inner[-1].body
    found = [node for node in body if isinstance(node, _FUNCTION) and node.name == name]
    return found[-1] if found else None


def _needed_source(text: str, tree: ast.Module, function: str) -> str:
    """Return the function and, before it in their order, the statements it depends on."""
    target = _find(tree, function)
    assert target is not None
    wanted = _names_in(target)
    needed: set[ast.stmt] = set()
    grew = True
    while grew:
        grew = False
        for node in tree.body:
            if node is target or node in needed or not (defines(node) & wanted or _always(node)):
                continue
            needed.add(node)
            wanted |= _names_in(node)
            grew = True
    in_class = target not in tree.body
    # The class that holds a method is the project's own; only the method is new.
    kept = [node for node in tree.body if node in needed and not _holds(node, target)]
    parts = [_segment(text, node) for node in kept if node.lineno < target.lineno]
    parts.append(_segment(text, target))
    parts += [_segment(text, node) for node in kept if node.lineno > target.lineno]
    gap = "\n\n" if in_class or len(parts) > 1 else ""
    return gap.join(parts).rstrip() + "\n"


def _names_in(node: ast.AST) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


def _always(node: ast.stmt) -> bool:
    """Whether an import changes more than names that can be seen to be used."""
    return isinstance(node, ast.ImportFrom) and (
        node.module == "__future__" or any(alias.name == "*" for alias in node.names)
    )


def defines(node: ast.stmt) -> set[str]:
    """Return the module-level names that a definition, import or assignment binds."""
    if isinstance(node, (*_FUNCTION, ast.ClassDef)):
        return {node.name}
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
    if isinstance(node, (ast.Assign, ast.AnnAssign)):
        stored = (inner for inner in ast.walk(node) if isinstance(inner, ast.Name))
        return {inner.id for inner in stored if isinstance(inner.ctx, ast.Store)}
    if isinstance(node, (ast.Try, ast.If)):
        return {name for inner in node.body for name in defines(inner)}
    return set()


def _holds(node: ast.stmt, target: ast.stmt) -> bool:
    return any(inner is target for inner in ast.walk(node))


def _segment(text: str, node: ast.stmt) -> str:
    """Return the node's lines, decorators included, without the indentation they share."""
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(mark.lineno for mark in decorators)])
    lines = text.splitlines(keepends=True)[first - 1 : node.end_lineno]
    return textwrap.dedent("".join(lines)).rstrip("\n") + "\n"
