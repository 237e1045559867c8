"""C++ and C texts as tokens: whether two are the same code, and which constants they hold."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
    (?P<comment> //(?:\\\r?\n|[^\n])* | /\*.*?(?:\*/|\Z) )
  | (?P<raw> (?:u8|[uUL])?R"(?P<mark>[^()\\\s]{0,16})\(.*?\)(?P=mark)"\w* )
  | (?P<string> (?:u8|[uUL])?"(?:\\.|[^"\\\n])*"\w* )
  | (?P<character> (?:u8|[uUL])?'(?:\\.|[^'\\\n])+'\w* )
  | (?P<number> \.?\d(?:[eEpP][+-]|'\w|[\w.])* )
  | (?P<word> [^\W\d]\w* )
  | (?P<continued> \\\r?\n )
  | (?P<newline> \n )
  | (?P<space> [^\S\n]+|\ufeff )
  | (?P<sign> <<=|<=>|->\*|\.\.\.|::|->|\+\+|--|<<|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|\#\#|. )
    """,
    re.VERBOSE | re.DOTALL,
)
_INTEGER = re.compile(
    r"(0[xX][\da-fA-F]+|0[bB][01]+|0[0-7]*|[1-9]\d*)(?:[uUlLzZ]{0,3}|_?[a-z]\w*)$"
)
_FLOAT = re.compile(
    r"(0[xX][\da-fA-F.]+[pP][+-]?\d+|(?:\d+\.\d*|\.\d+)(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+)"
    r"(?:[fFlL]|_?[a-z]\w*)?"
)
_ESCAPE = re.compile(
    r"\\(?:x([\da-fA-F]+)|([0-7]{1,3})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|(.))", re.S
)
_SIMPLE = {"n": 10, "t": 9, "r": 13, "a": 7, "b": 8, "f": 12, "v": 11, "e": 27}
_ENDS_OPERAND = frozenset(")]")


@dataclass(frozen=True, slots=True)
class Token:
    """A token; a directive of the preprocessor ends with one of kind `newline`."""

    kind: str
    """raw, string, character, number, word, sign or newline."""
    text: str


def tokens(source: str) -> Iterator[Token]:
    """Yield the tokens of a text, without comments and whitespace; no text is refused."""
    in_directive, at_line_start = False, True
    for match in _TOKEN.finditer(source):
        kind, text = match.lastgroup or "", match[0]
        kind = "raw" if match["raw"] else kind
        if kind == "newline":
            if in_directive:
                yield Token("newline", "\n")
            in_directive, at_line_start = False, True
        elif kind not in ("comment", "space", "continued"):
            in_directive = in_directive or (at_line_start and text == "#")
            at_line_start = False
            yield Token(kind, text)
    if in_directive:
        yield Token("newline", "\n")


def normalised(source: str) -> tuple[str, ...]:
    """The tokens' texts: equal for two texts that differ in layout and comments only.

    `>>` is two tokens, as it is where it closes two lists of template arguments.
    """
    return tuple(token.text for token in tokens(source))


def literals(source: str) -> tuple[object, ...]:
    """The constants of a text: int, float and str, in the order of the text.

    A character counts as its int (of a signed char) and as a text; a number after a minus sign
    also as a negative one; two small ints around an operator also as what they come to; one that
    may be a byte outside ASCII also as a text of that byte, and of those beside it. Strings
    beside each other are one. Bytes of a string that are no UTF-8 are lone surrogates, as
    `surrogateescape` makes them. What `#include` names is none.
    """
    found: list[object] = []
    line = list(_without_includes(source))
    for at, token in enumerate(line):
        if token.kind == "number":
            numbers = _numbers(line, at)
            found += [*numbers, *_bytes_near(numbers)]
        elif token.kind == "character":
            found += _character(token.text)
        elif token.kind in ("string", "raw") and not _is_string(line, at - 1):
            end = at
            while _is_string(line, end):
                end += 1
            found.append("".join(_string(item) for item in line[at:end]))
    return tuple(found)


def literals_new_in(before: str, after: str) -> tuple[object, ...]:
    """Constants of `after` that `before` lacks: an edit may treat just these specially."""
    known = {(type(value), repr(value)) for value in literals(before)}
    new: dict[tuple[type, str], object] = {}
    for value in literals(after):
        if (type(value), repr(value)) not in known:
            new.setdefault((type(value), repr(value)), value)
    return tuple(new.values())


def _without_includes(source: str) -> Iterator[Token]:
    line: list[Token] = []
    for token in tokens(source):
        line.append(token)
        directive = line[0].text == "#"
        if token.kind == "newline" or not directive:
            if not (directive and len(line) > 1 and line[1].text.startswith("include")):
                yield from line
            line = []


def _is_string(line: list[Token], at: int) -> bool:
    return 0 <= at < len(line) and line[at].kind in ("string", "raw")


def _numbers(line: list[Token], at: int) -> list[object]:
    value = _number(line[at].text)
    if value is None:
        return []
    found: list[object] = [value]
    if at > 0 and line[at - 1].text == "-":
        before = line[at - 2] if at > 1 else None
        after_operand = before is not None and (
            before.text in _ENDS_OPERAND
            or (before.kind in ("word", "number", "character") and before.text != "return")
        )
        if not after_operand:
            found.append(-value)
    folded = _with_next(value, line, at + 1)
    if folded and at + 3 < len(line) and line[at + 3].text == ")":
        folded += _with_next(folded[0], line, at + 4)
    return [*found, *folded]


def _with_next(value: object, line: list[Token], at: int) -> list[object]:
    """What a number comes to with the operator at `at` and the number behind it, if they are one.

    1e9 counts as an int there: `1e9 + 7` is how moduli are written.
    """
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if at + 1 >= len(line) or line[at + 1].kind != "number" or not isinstance(value, int):
        return []
    other = _number(line[at + 1].text)
    return _folded(value, line[at].text, other) if isinstance(other, int) else []


def _bytes_near(numbers: list[object]) -> Iterator[str]:
    """Bytes of a text as `surrogateescape` has them, around an int that code may compare with."""
    for number in numbers:
        if isinstance(number, int) and 0x80 <= number <= 0xFF:
            near = (number, number - 1, number + 1)
            yield from (chr(0xDC00 + byte) for byte in near if 0x80 <= byte <= 0xFF)


def _number(text: str) -> int | float | None:
    plain = text.replace("'", "")
    real = _FLOAT.fullmatch(plain)
    if real is not None:
        return float.fromhex(real[1]) if real[1][:2] in ("0x", "0X") else float(real[1])
    whole = _INTEGER.fullmatch(plain)
    if whole is None:
        return None
    digits = whole[1]
    octal = len(digits) > 1 and digits.isdigit() and digits[0] == "0"
    return int(digits, 8) if octal else int(digits, 0)


def _folded(one: int, sign: str, other: int) -> list[object]:
    shifting = sign == "<<"
    largest, most = (10**6, 64) if shifting else (2**64, 10**6)
    if not 0 <= one <= largest or not 0 < other <= most:
        return []
    made = {"+": one + other, "-": one - other, "*": one * other, "/": one // other}
    if shifting:
        return [one << other]
    return [made[sign]] if sign in made else []


def _character(text: str) -> list[object]:
    prefix, _, rest = text.partition("'")
    value = _unescaped(rest[: rest.rindex("'")], wide=prefix in ("u", "U", "L"))
    if len(value) != 1:
        return []
    code = ord(value)
    if 0xDC80 <= code <= 0xDCFF:
        code -= 0xDD00  # the byte as a signed char
    return [code, value]


def _string(token: Token) -> str:
    prefix, _, rest = token.text.partition('"')
    inside = rest[: rest.rindex('"')]
    if token.kind == "raw":
        mark = inside[: inside.index("(")]
        return inside[len(mark) + 1 : len(inside) - len(mark) - 1]
    return _unescaped(inside, wide=prefix in ("u", "U", "L"))


def _unescaped(text: str, *, wide: bool) -> str:
    parts: list[bytes] = []
    done = 0
    for match in _ESCAPE.finditer(text):
        parts.append(text[done : match.start()].encode("utf-8", "surrogatepass"))
        parts.append(_escape(match, wide=wide))
        done = match.end()
    parts.append(text[done:].encode("utf-8", "surrogatepass"))
    return b"".join(parts).decode("utf-8", "surrogateescape")


def _escape(match: re.Match[str], *, wide: bool) -> bytes:
    hexadecimal, octal, short, long, simple = match.groups()
    if simple is not None:
        if simple == "\n":
            return b""
        return bytes([_SIMPLE[simple]]) if simple in _SIMPLE else simple.encode()
    if short or long:
        code = int(short or long, 16)
    else:
        code = int(hexadecimal, 16) if hexadecimal else int(octal, 8)
        if not wide:
            return bytes([code & 0xFF])
    return chr(code).encode("utf-8", "surrogatepass") if code <= 0x10FFFF else b"?"
