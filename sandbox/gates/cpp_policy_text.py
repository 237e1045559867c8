"""A C++ file as the compiler's first phases see it: tokens, directives, and what is spelt oddly.

Words are looked for in tokens and not in the syntax tree, since a tree can be led astray by
macros; a comment or a string that holds a word is no use of it.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

_ESCAPED = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}|\\[uN]\{[^}\n]*\}"
_TOKEN = re.compile(
    rf"""(?P<newline>\n)
    |(?P<comment>//[^\n]*|/\*.*?\*/)
    |(?P<raw>(?:u8|[uUL])?R"(?P<fence>[^()\\\s]{{0,16}})\(.*?\)(?P=fence)")
    |(?P<string>(?:u8|[uUL])?"(?:[^"\\\n]|\\.)*")
    |(?P<number>\.?[0-9](?:[eEpP][+-]|'[0-9A-Za-z_]|[0-9A-Za-z_.])*)
    |(?P<char>(?:u8|[uUL])?'(?:[^'\\\n]|\\.)*')
    |(?P<word>(?:[A-Za-z_$]|[^\x00-\x7f]|{_ESCAPED})(?:[0-9A-Za-z_$]|[^\x00-\x7f]|{_ESCAPED})*)
    |(?P<mark>::|->|\#\#|%:%:|<%|%>|<:(?!:(?![:>]))|:>|%:|\?\?[=/'()!<>-]|[^\s])""",
    re.VERBOSE | re.DOTALL,
)
_SPLICE = re.compile(r"(?:\\|\?\?/)[ \t\f\v]*\r?\n")
_DIGRAPHS = {"<%": "{", "%>": "}", "<:": "[", ":>": "]", "%:": "#", "%:%:": "##"}


@dataclass(frozen=True, slots=True)
class Token:
    """A token outside comments; `kind` is raw, string, number, char, word or mark."""

    kind: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Directive:
    """A preprocessor line: `include`, and the tokens after it."""

    name: str
    tokens: tuple[Token, ...]
    line: int

    @property
    def text(self) -> str:
        return " ".join([self.name, *(token.text for token in self.tokens)])


@dataclass(frozen=True, slots=True)
class Text:
    """The tokens of a file, those of its directives apart, and its odd spellings by line."""

    code: tuple[Token, ...]
    directives: tuple[Directive, ...]
    odd: tuple[tuple[str, int], ...]


@lru_cache(maxsize=8)
def read(source: str) -> Text:
    """Return the file's tokens, after line splices and digraphs are undone."""
    joined, splices = _without_splices(source)
    code: list[Token] = []
    directives: list[Directive] = []
    odd: list[tuple[str, int]] = []
    in_directives: set[int] = set()
    pending: list[Token] | None = None
    begun, first, line = 0, True, 1
    for found in _TOKEN.finditer(joined + "\n"):
        kind, text = str(found.lastgroup), found.group()
        here = line + bisect_right(splices, found.start())
        line += text.count("\n")
        if kind == "newline":
            first = True
            if pending is not None:
                directives.append(_directive(pending, here))
                in_directives.update(
                    range(bisect_right(splices, begun), bisect_right(splices, found.start()))
                )
                pending = None
            continue
        if kind == "comment":
            continue
        if kind == "fence":
            kind = "raw"
        if text in _DIGRAPHS and kind == "mark":
            odd.append(("a digraph", here))
            text = _DIGRAPHS[text]
        elif kind == "mark" and text.startswith("??"):
            odd.append(("a trigraph", here))
        elif kind == "word" and "\\" in text:
            odd.append(("an identifier spelt with escapes", here))
        if text == "#" and first and pending is None:
            pending, begun = [], found.start()
        else:
            (code if pending is None else pending).append(Token(kind, text, here))
        first = False
    odd += [
        ("a line splice", joined.count("\n", 0, at) + number + 1)
        for number, at in enumerate(splices)
        if number not in in_directives
    ]
    return Text(tuple(code), tuple(directives), tuple(odd))


def _without_splices(source: str) -> tuple[str, list[int]]:
    """The text with spliced lines joined, and the offsets in it where lines were joined."""
    parts: list[str] = []
    offsets: list[int] = []
    end = length = 0
    for found in _SPLICE.finditer(source):
        parts.append(source[end : found.start()])
        length += found.start() - end
        offsets.append(length)
        end = found.end()
    return "".join([*parts, source[end:]]), offsets


def _directive(tokens: list[Token], line: int) -> Directive:
    if not tokens:
        return Directive("", (), line)
    return Directive(tokens[0].text, tuple(tokens[1:]), tokens[0].line)
