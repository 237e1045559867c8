"""From a model's raw reply to edits of the target's file, or to what is wrong with it.

A reply may hold the function (fenced or not), the whole file, SEARCH/REPLACE blocks or a unified
diff, with prose around them and helpers in blocks of their own.
"""

import ast
import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from perfbot.agents.replies import (
    codes_from_reply,
    defines,
    fenced_blocks,
    parsed,
    without_chat_tokens,
)
from perfbot.agents.reply_imports import with_imports
from perfbot.agents.reply_patches import applied, replacements_in
from perfbot.sandbox.edit import Edit, baseline
from perfbot.sandbox.errors import UsageError
from perfbot.sandbox.languages.cpp_program import is_program, program_in
from perfbot.sandbox.target import Target

_INTAKE = {
    "python": "perfbot.sandbox.intake",
    "cpp": "perfbot.sandbox.languages.cpp_candidate",
    "c": "perfbot.sandbox.languages.cpp_candidate",
}
_SYNTAX = {
    "python": "perfbot.sandbox.languages.python",
    "cpp": "perfbot.sandbox.languages.cpp",
    "c": "perfbot.sandbox.languages.cpp",
}
_SAID = re.compile(r"^[ \t>*#-]*(Change|Why)\**[ \t]*:\**[ \t]*(\S.*)$", re.M | re.I)
_CODE_LIKE = re.compile(r"```|~~~|^<{5,9} ?SEARCH|^@@ |^[ \t]*(?:def|class|return)\b|;\s*$", re.M)
SAME = "the reply leaves the function as it is"
TITLE_LIMIT, REASON_LIMIT = 70, 200
_FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class ReplyEdit:
    """What a reply asks for. `edit` is None where nothing can be made of it; `problem` says why."""

    edit: Edit | None
    reason: str = ""
    problem: str = ""
    mendable: bool = False
    """Whether the reply tried to give code: whoever wrote it may put it right."""


def edit_from_reply(target: Target, reply: str, *, parent: Edit, title: str = "") -> ReplyEdit:
    """The edit that `reply` asks for, of the file as `parent` left it.

    A whole function that needs nothing of `parent` is laid over the original file, so that
    nothing of an earlier step stays behind; its parent is then the original.
    """
    text = without_chat_tokens(reply)
    said = {name.lower(): words.strip() for name, words in _SAID.findall(text)}
    title = _one_line(said.get("change", ""), TITLE_LIMIT) or title
    try:
        edit = _edit(target, text, parent, title)
    except _SameError:
        return ReplyEdit(None, problem=SAME)
    except (RecursionError, MemoryError):  # so Python's parser ends on what is nested too deeply
        return ReplyEdit(None, problem="the code of the reply is nested too deeply")
    except UsageError as error:
        problem = f"{error.happened} {error.todo}".strip()
        return ReplyEdit(None, problem=problem, mendable=bool(_CODE_LIKE.search(text)))
    if edit.id in (baseline(target).id, parent.id):
        return ReplyEdit(None, problem=SAME)
    return ReplyEdit(edit, reason=_one_line(said.get("why", ""), REASON_LIMIT))


def target_in(target: Target, file_source: str) -> Target:
    """The same function in another text of its file.

    Raises:
        UsageError: it is not in there.
    """
    if file_source == target.file_source:
        return target
    if is_program(target):
        return program_in(target, file_source)
    syntax: Any = importlib.import_module(_SYNTAX[target.language])
    own = [item for item in syntax.functions(target.file_source) if _is(item, target)]
    turn = sum(item.start_byte < target.start_byte for item in own)
    same = [item for item in syntax.functions(file_source) if _is(item, target)]
    if len(same) <= turn:
        raise UsageError(f"`{target.qualname}` is not in the edited file")
    found = same[turn]
    return replace(
        target,
        file_source=file_source,
        start_byte=found.start_byte,
        end_byte=found.end_byte,
        start_line=found.start_line,
        end_line=found.end_line,
    )


def _is(item: Any, target: Target) -> bool:
    """A template's instantiation is named with its arguments, its definition without."""
    names = (target.qualname, re.sub(r"<.*", "", target.qualname))
    return item.qualname in names


def _edit(target: Target, text: str, parent: Edit, title: str) -> Edit:
    before = target_in(target, parent.file_source)
    replacements = replacements_in(text)
    if replacements:
        source = before.file_source.replace("\r\n", "\n")
        span = (before.start_line - 1, before.end_line)
        patched = applied(source, replacements, near=span)
        _require_syntax(target, patched)
        whole = target_in(target, patched)
        base, code = before, _whole_or_function(before, patched, whole)
        return _taken(base, code, title, parent.id)
    problem: UsageError | None = None
    for given in _codes(target, text):
        python = target.language == "python"
        code = with_imports(given, parent.file_source) if python else given
        base = before if _needs_parent(code, target, parent) else target
        origin = parent.id if base is before else baseline(target).id
        try:
            edit = _taken(base, code, title, origin)
        except UsageError as error:
            problem = problem or error
            continue
        if edit.id != parent.id and edit.id != baseline(target).id:
            return edit
        problem = problem or _SameError(SAME)
    if problem is None and target.language == "python" and codes_from_reply(text, target.qualname):
        problem = _SameError(SAME)
    if problem is None:
        problem = UsageError(_what_is_missing(target, text), "Give its whole new source.")
    raise problem


class _SameError(UsageError):
    """The reply repeats the code that it was given."""


def _taken(base: Target, code: str, title: str, parent: str) -> Edit:
    intake: Any = importlib.import_module(_INTAKE[base.language])
    edit: Edit = intake.edit_from(base, code, title=title, origin="llm")
    return replace(edit, parent=parent)


def _whole_or_function(before: Target, patched: str, after: Target) -> str:
    """A file that is its function alone is given as such: the whole of it would look like one."""
    outside = before.file_source.encode()
    rest = outside[: before.start_byte] + outside[before.end_byte :]
    return patched if rest.strip() else after.source


def _codes(target: Target, text: str) -> Iterator[str]:
    """Each text of the reply that may be the function, the likeliest first."""
    if target.language != "python":
        blocks = list(fenced_blocks(text))
        yield from blocks or [text]
        return
    codes = codes_from_reply(text, target.qualname, original=target.file_source)
    if not codes:
        codes = codes_from_reply(
            _renamed(text, target.qualname), target.qualname, original=target.file_source
        )
    for code in codes:
        yield _with_other_blocks(code, text, target)


def _with_other_blocks(code: str, text: str, target: Target) -> str:
    """The code with what it uses from other blocks of the reply, imports and helpers."""
    tree = parsed(code)
    here = parsed(target.file_source)
    if tree is None or here is None:
        return code
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    known = {name for part in (tree, here) for item in part.body for name in defines(item)}
    missing = used - known
    beside: list[str] = []
    for block in fenced_blocks(text):
        other = parsed(block)
        for item in other.body if other is not None else ():
            names = defines(item)
            if names & missing and target.qualname.rpartition(".")[2] not in names:
                segment = ast.get_source_segment(block, item)
                beside += [segment] if segment else []
                missing -= names
    return "\n\n\n".join([*beside, code])


def _renamed(text: str, function: str) -> str:
    """The reply with its one function under the target's name, where it gave it a longer one."""
    name = function.rpartition(".")[2]
    given = set()
    for block in [*fenced_blocks(text)] or [text]:
        tree = parsed(block)
        for node in tree.body if tree is not None else ():
            if isinstance(node, _FUNCTION) and name in node.name:
                given.add(node.name)
    if len(given) != 1:
        return text
    return re.sub(rf"\b{re.escape(given.pop())}\b", name, text)


def _needs_parent(code: str, target: Target, parent: Edit) -> bool:
    """Whether the code uses a name that only the parent's file has."""
    if parent.file_source == target.file_source:
        return False
    added = _names(target, parent.file_source) - _names(target, target.file_source)
    tree = parsed(code) if target.language == "python" else None
    own = {name for item in tree.body for name in defines(item)} if tree is not None else set()
    return bool((added - own) & set(re.findall(r"\w+", code)))


def _names(target: Target, file_source: str) -> set[str]:
    """The names that a file defines at its top level."""
    if target.language == "python":
        tree = parsed(file_source)
        return {name for item in tree.body for name in defines(item)} if tree else set()
    syntax: Any = importlib.import_module(_SYNTAX[target.language])
    return {re.findall(r"\w+", item.qualname)[-1] for item in syntax.functions(file_source)}


def _require_syntax(target: Target, source: str) -> None:
    """Raises: UsageError with the place of the error."""
    if target.language == "python":
        try:
            ast.parse(source)
        except (SyntaxError, ValueError) as error:
            raise UsageError(f"with the reply's changes the file does not parse: {error}") from None


def _what_is_missing(target: Target, text: str) -> str:
    """Why no code was found, in words that help whoever wrote the reply."""
    if target.language == "python":
        for block in [*fenced_blocks(text)] or [text]:
            if "def " not in block:
                continue
            try:
                ast.parse(block)
            except (SyntaxError, ValueError) as error:
                return f"the code of the reply does not parse: {error}."
    return f"the reply has no code for `{target.qualname}`."


def _one_line(text: str, limit: int) -> str:
    """A model's words as one printable line, without Markdown's marks."""
    words = "".join(char if char.isprintable() else " " for char in text)
    words = " ".join(re.sub(r"[`*]", "", words).split()).rstrip(".")
    return words if len(words) <= limit else words[: limit - 3].rstrip() + "..."
