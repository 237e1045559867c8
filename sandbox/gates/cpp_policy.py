"""The second gate, for C++ and C: refuses what no honest speedup needs.

Only what the edit adds counts: each construct is counted in both files, and what the edit has more
of is refused. Each refusal names the construct, its line, and the key that allows it. This gate
narrows what the others have to catch; a promise to the compiler that only fails outside the inputs
that were tried (`__builtin_unreachable`) is caught by no other.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath

from perfbot.sandbox.edit import Edit
from perfbot.sandbox.gates.cpp_policy_program import belongs_to_programs
from perfbot.sandbox.gates.cpp_policy_tables import (
    GUARDS_ALLOWED,
    HEADER_SUFFIXES,
    HEADERS_ALLOWED,
    PATHS,
    PRAGMAS_ALLOWED,
)
from perfbot.sandbox.gates.cpp_policy_text import Directive, Text, Token, read
from perfbot.sandbox.gates.cpp_policy_tree import tree_findings
from perfbot.sandbox.gates.cpp_policy_words import attribute_findings, word_findings
from perfbot.sandbox.gates.policy_view import Finding
from perfbot.sandbox.languages.cpp_program import is_program
from perfbot.sandbox.target import Target
from perfbot.sandbox.verdict import Evidence, Status

_CONDITIONS = ("if", "ifdef", "ifndef", "elif", "elifdef", "elifndef")
_HARMLESS_DIRECTIVES = ("else", "endif", "")


def check(target: Target, edit: Edit, *, allow: frozenset[str] = frozenset()) -> Evidence:
    """Refute an edit that newly uses a construct of the tables, unless `allow` has its category."""
    found = _added(
        list(_findings(target.file_source, target)), list(_findings(edit.file_source, target))
    )
    if is_program(target):
        found = [item for item in found if not belongs_to_programs(item)]
    refused = sorted(
        (item for item in found if item.category not in allow), key=lambda item: item.line
    )
    data = {
        "refused": [[item.category, item.construct, item.line] for item in refused],
        "allowed": sorted({item.category for item in found} & allow),
    }
    if not refused:
        return Evidence("policy", Status.SURVIVED, "Nothing new that is refused.", data=data)
    first = refused[0]
    return Evidence(
        "policy",
        Status.REFUTED,
        f"{first.construct}, new in line {first.line} (allow-list key: {first.category}).",
        data=data,
    )


def _added(before: list[Finding], after: list[Finding]) -> list[Finding]:
    """What the edited file has more of; of equal constructs, the last ones."""
    left = Counter((item.category, item.construct) for item in before)
    found = []
    for item in after:
        key = (item.category, item.construct)
        if left[key]:
            left[key] -= 1
        else:
            found.append(item)
    return found


def _findings(source: str, target: Target) -> Iterator[Finding]:
    text = read(source)
    for construct, line in text.odd:
        yield Finding("spelling", construct, line)
    for directive in text.directives:
        yield from _directive(directive, target)
    yield from _tokens(text.code)
    yield from _expanded(text)
    yield from _strings(text)
    yield from tree_findings(source, _last_name(target.qualname))


def _last_name(qualname: str) -> str:
    """The function's own name: `area` of `geo::area(const geo::Point&)`, `f` of `f<int>`."""
    return qualname.partition("(")[0].partition("<")[0].rpartition("::")[2]


def _tokens(tokens: tuple[Token, ...]) -> Iterator[Finding]:
    yield from word_findings(tokens)
    yield from attribute_findings(tokens)


def _directive(directive: Directive, target: Target) -> Iterator[Finding]:
    name, line = directive.name, directive.line
    if name in _HARMLESS_DIRECTIVES:
        return
    if name == "include":
        yield from _include(directive, target)
    elif name == "pragma":
        if not PRAGMAS_ALLOWED.match(directive.text):
            yield Finding("pragmas", f"`#{directive.text}`", line)
    elif name in _CONDITIONS:
        words = {token.text for token in directive.tokens if token.kind == "word"}
        marks = {token.text for token in directive.tokens if token.kind == "mark"}
        if name.startswith("el") or not words <= GUARDS_ALLOWED or "!" in marks or not words:
            yield Finding("conditionals", f"`#{directive.text}`", line)
    elif name in ("define", "undef"):
        word = directive.tokens[0].text if directive.tokens else ""
        yield Finding("macros", f"`#{name} {word}`", line)
    else:
        yield Finding("directives", f"`#{directive.text}`", line)


def _include(directive: Directive, target: Target) -> Iterator[Finding]:
    tokens = directive.tokens
    line = directive.line
    if len(tokens) == 1 and tokens[0].kind == "string":
        path = tokens[0].text.strip('"')
        if not _is_own_header(path, target):
            yield Finding("imports", f'`#include "{path}"`', line)
        return
    if not tokens or tokens[0].text != "<" or tokens[-1].text != ">":
        yield Finding("imports", f"`#{directive.text}`", line)
        return
    path = "".join(token.text for token in tokens[1:-1])
    if path not in HEADERS_ALLOWED:
        yield Finding("imports", f"`#include <{path}>`", line)


def _is_own_header(path: str, target: Target) -> bool:
    """Whether it is a header of the project that lies where the file's own includes are found."""
    name = PurePosixPath(path)
    if name.suffix not in HEADER_SUFFIXES or name.is_absolute():
        return False
    root = target.root.resolve()
    folders = (root / target.path).parent, root, root / "include", root / "src"
    found = [(folder / path).resolve() for folder in folders]
    return any(item.is_file() and item.is_relative_to(root) for item in found)


def _expanded(text: Text) -> Iterator[Finding]:
    """What the file's own macros stand for, at each place that uses them."""
    bodies = {
        directive.tokens[0].text: directive.tokens[1:]
        for directive in text.directives
        if directive.name == "define" and directive.tokens
    }
    for token in text.code:
        if token.kind != "word" or token.text not in bodies:
            continue
        body, seen = _body(token.text, bodies, set()), set[tuple[str, str]]()
        for item in (*_tokens(tuple(body)), *_pasting(body)):
            if (item.category, item.construct) not in seen:
                seen.add((item.category, item.construct))
                construct = f"{item.construct} through the macro `{token.text}`"
                yield Finding(item.category, construct, token.line)


def _body(name: str, bodies: dict[str, tuple[Token, ...]], seen: set[str]) -> list[Token]:
    """A macro's replacement, with the macros that it uses itself."""
    if name in seen:
        return []
    seen.add(name)
    found: list[Token] = []
    for token in bodies[name]:
        found.append(token)
        if token.kind == "word" and token.text in bodies:
            found += _body(token.text, bodies, seen)
    return found


def _pasting(body: list[Token]) -> Iterator[Finding]:
    for token in body:
        if token.text == "##":
            yield Finding("macros", "token pasting", token.line)
        elif token.text in ("static", "_Pragma"):
            yield Finding("macros", f"`{token.text}`", token.line)


def _strings(text: Text) -> Iterator[Finding]:
    for token in text.code:
        if token.kind in ("string", "raw"):
            found = PATHS.search(token.text)
            if found is not None:
                yield Finding("files", f"`{found.group()}` in a string", token.line)
            if "%p" in token.text:
                yield Finding("addresses", "`%p` in a string", token.line)
