"""Constructs of C++ and C that their tokens alone give away: names, operators, attributes."""

from collections.abc import Iterator, Sequence

from perfbot.sandbox.gates.cpp_policy_tables import (
    ATTRIBUTES_ALLOWED,
    BUILTINS_ALLOWED,
    CATEGORY_OF_CALLED,
    CATEGORY_OF_MEMBER,
    CATEGORY_OF_WORD,
    FEATURES_ALLOWED,
    PATTERNS,
    RESERVED_ALLOWED,
)
from perfbot.sandbox.gates.cpp_policy_text import Token
from perfbot.sandbox.gates.policy_view import Finding

_NOTHING = Token("mark", "", 0)
_BEFORE_CALL = frozenset(
    {"return", "else", "case", "do", "co_await", "co_return", "co_yield", "throw", "sizeof"}
)
"""Words after which a name and a parenthesis are a call; after any other, a declaration."""


def word_findings(tokens: Sequence[Token]) -> Iterator[Finding]:
    """Yield each refused name, keyword and sequence of words."""
    declared = _declared(tokens)
    for at, token in enumerate(tokens):
        before = tokens[at - 1] if at else _NOTHING
        after = tokens[at + 1] if at + 1 < len(tokens) else _NOTHING
        if token.kind == "word":
            category = _category(token.text, before, after, declared)
            if category is not None:
                yield Finding(category, f"`{token.text}`", token.line)
        yield from _sequence(tokens, at)


def _category(word: str, before: Token, after: Token, declared: frozenset[str]) -> str | None:
    if before.text in (".", "->"):
        return CATEGORY_OF_MEMBER.get(word) if after.text == "(" else None
    if word in CATEGORY_OF_WORD:
        return CATEGORY_OF_WORD[word]
    if word in CATEGORY_OF_CALLED:
        qualified = before.text == "::"
        own = word in declared and not qualified
        return None if own else CATEGORY_OF_CALLED[word]
    for pattern, category in PATTERNS:
        if pattern.match(word) or (category == "build" and "perfbot" in word.lower()):
            return category
    if word.startswith("__builtin_"):
        return None if BUILTINS_ALLOWED.match(word) else "builtins"
    reserved = word.startswith("__") or (word.startswith("_") and word[1:2].isupper())
    attribute = word.strip("_") in ATTRIBUTES_ALLOWED | {"target"}
    if reserved and not attribute and word not in RESERVED_ALLOWED:
        return "reserved"
    return None


def _declared(tokens: Sequence[Token]) -> frozenset[str]:
    """Names of `CATEGORY_OF_CALLED` that are the file's own: a variable, or a function's body.

    A variable of that name that is called somewhere all the same is no declaration of it.
    """
    own: set[str] = set()
    called: set[str] = set()
    for at, token in enumerate(tokens):
        if token.kind != "word" or token.text not in CATEGORY_OF_CALLED:
            continue
        before = tokens[at - 1] if at else _NOTHING
        after = tokens[at + 1] if at + 1 < len(tokens) else _NOTHING
        typed = (before.kind == "word" and before.text not in _BEFORE_CALL) or before.text in (
            *("*", "&", ">", ","),
        )
        if after.text == "(":
            if typed and before.kind == "word" and _has_body(tokens, at + 1):
                own.add(token.text)
            else:
                called.add(token.text)
        elif typed and after.text in ("=", ";", ",", ")", "{", "[", ":"):
            own.add(token.text)
    bodies = {
        token.text
        for at, token in enumerate(tokens[:-1])
        if token.text in own and tokens[at + 1].text == "(" and _has_body(tokens, at + 1)
    }
    return frozenset(own - (called - bodies))


def _has_body(tokens: Sequence[Token], opening: int) -> bool:
    """Whether a brace follows the parenthesis that opens here, words like `const` between."""
    at = _closing(tokens, opening, "(", ")") + 1
    while at < len(tokens) and tokens[at].kind == "word":
        at += 1
    return at < len(tokens) and tokens[at].text == "{"


def _closing(tokens: Sequence[Token], opening: int, left: str, right: str) -> int:
    """The index of what closes the bracket at `opening`; the last index where nothing does."""
    depth = 0
    for at in range(opening, len(tokens)):
        depth += (tokens[at].text == left) - (tokens[at].text == right)
        if depth == 0:
            return at
    return len(tokens) - 1


def _sequence(tokens: Sequence[Token], at: int) -> Iterator[Finding]:
    """What only several tokens together say."""
    texts = [token.text for token in tokens[at : at + 4]]
    line = tokens[at].line
    if texts[:2] == ["namespace", "std"]:
        before = tokens[at - 1].text if at else ""
        alias_or_open = texts[2:3] != [";"] or before != "using"
        if alias_or_open and before != "using":
            yield Finding("patching", "`namespace std`", line)
    elif texts[0] in ("struct", "class") and texts[1:3] == ["std", "::"]:
        yield Finding("patching", "a specialisation in `std`", line)
    elif texts[0] == "operator" and texts[1:2] in (["new"], ["delete"], ["&"], [","], ["&&"]):
        yield Finding("patching", f"`operator {texts[1]}`", line)
    elif texts[0] == "catch" and texts[1:4] == ["(", ".", "."]:
        yield Finding("exceptions", "`catch (...)`", line)
    elif texts[0] == "throw" and texts[1:3] == ["(", ")"]:
        yield Finding("exceptions", "`throw()`", line)
    elif texts[0] == "mutable" and (at == 0 or tokens[at - 1].text not in (")", "]")):
        yield Finding("state", "`mutable`", line)
    elif texts[0] == "extern":
        yield Finding("state", "`extern`", line)
    elif texts[0] == "import" and (at == 0 or tokens[at - 1].text in (";", "}", "export")):
        yield Finding("imports", "`import`", line)
    elif texts[0] == "_Pragma":
        yield Finding("pragmas", "`_Pragma`", line)
    elif texts[:3] == ["hash", "<", "void"] or (
        texts[:2] == ["hash", "<"] and "*" in _template_arguments(tokens, at + 1)
    ):
        yield Finding("addresses", "a hash of an address", line)
    elif texts[:2] == ["bit_cast", "<"] and "*" in _template_arguments(tokens, at + 1):
        yield Finding("casts", "`bit_cast` to a pointer", line)


def _template_arguments(tokens: Sequence[Token], opening: int) -> list[str]:
    end = _closing(tokens, opening, "<", ">")
    return [token.text for token in tokens[opening : min(end, opening + 32)]]


def attribute_findings(tokens: Sequence[Token]) -> Iterator[Finding]:
    """Yield each attribute but those that promise nothing, in whichever spelling."""
    for at, token in enumerate(tokens):
        following = tokens[at + 1].text if at + 1 < len(tokens) else ""
        if token.text in ("__attribute__", "__attribute"):
            inner = tokens[at + 1 : _closing(tokens, at + 1, "(", ")")]
            yield from _attributes(inner)
        elif token.text == "[" and following == "[":
            yield from _attributes(tokens[at + 2 : _closing(tokens, at, "[", "]") - 1])
        elif token.text == "__declspec":
            yield Finding("attributes", "`__declspec`", token.line)


def _attributes(tokens: Sequence[Token]) -> Iterator[Finding]:
    depth = 0
    least = 2 if tokens and tokens[0].text == "(" else 0
    for at, token in enumerate(tokens):
        depth += (token.text == "(") - (token.text == ")")
        if depth > least or token.kind != "word":
            continue
        name = token.text.strip("_")
        scoped = at + 1 < len(tokens) and tokens[at + 1].text == "::"
        if scoped or token.text == "using" or (at and tokens[at - 1].text == "using"):
            continue
        if name == "target":
            yield from _target(tokens, at)
        elif name not in ATTRIBUTES_ALLOWED:
            yield Finding("attributes", f"the attribute `{name}`", token.line)


def _target(tokens: Sequence[Token], at: int) -> Iterator[Finding]:
    arguments = [token for token in tokens[at + 1 : _closing(tokens, at + 1, "(", ")")]][1:]
    for token in arguments:
        names = token.text.strip('"').split(",")
        if token.kind == "string" and all(name.strip() in FEATURES_ALLOWED for name in names):
            continue
        if token.text != ",":
            yield Finding("targets", f"`target({token.text})`", token.line)
