"""Strings like the observed ones: their alphabet, their format, and small edits of them."""

import itertools
import re
import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from perfbot.sandbox.inputs.choices import Choices

ORDINARY = string.ascii_lowercase + string.ascii_uppercase + string.digits + " " * 6
PUNCTUATION = string.punctuation
FOREIGN = "éßñÄøЖλ中あ١"
"""Letters (and one digit) outside ASCII, some of which change length when their case changes."""
STRANGE = "\x00\n\t\r\u00a0\u2028\u0301\ufeff\U0001f600İ\u017f²Ⅷ\u200d"
SURROGATES = "\ud800\udfff"
CLASSES = (
    string.digits,
    string.ascii_lowercase,
    string.ascii_uppercase,
    string.ascii_letters,
    string.digits + "abcdef",
    string.ascii_lowercase + " ",
    string.ascii_lowercase + string.digits,
    string.ascii_letters + string.digits,
)
LOOKALIKES = (
    "+{0}", "-{0}", "-1{0}", " {0}", "{0} ", "{0}\n", "{1}_{2}", "0{0}", "00{0}", "{0}.0", "{0}.",
    "1e{1}", "0x{1}", "\u0661", "\u00b2", "\uff11", "", "--{0}",
)  # fmt: skip
"""Spellings of a number that `int`, `float`, `isdigit` and patterns do not agree on."""
SEPARATORS = (" ", ",", ";", "|", "/", "\n")
NUMBER = re.compile(r"[+-]?[0-9]{1,25}(\.[0-9]{1,20})?")
NARROW_MIN_CHARACTERS = 8
"""So many observed characters make a narrow alphabet a hint rather than an accident."""


@dataclass(frozen=True, slots=True)
class Run:
    """A part of a format: digits (as a number in [low, high]), letters, or itself."""

    kind: str
    literal: str = ""
    width: int = 0
    low: int = 0
    high: int = 0


@dataclass(frozen=True, slots=True)
class Style:
    """What observed strings have in common."""

    observed: str = ""
    """Their distinct characters."""
    narrow: str = ""
    """The alphabet that all of them keep to, or empty where they keep to none."""
    mask: tuple[Run, ...] = ()
    """The format that all of them have (dates, codes), or empty."""
    numeric: bool = False
    """Whether all of them are decimal numbers."""
    single: bool = False
    """Whether all of them are one character."""
    separator: str = ""
    """What parts most of them, where `tokens` are known."""
    tokens: tuple[str, ...] = ()
    """Their words."""
    closed: bool = False
    """Whether the words recur, so that they seem to be all there are."""


def style_of(values: Sequence[str]) -> Style:
    """The alphabet and format of observed strings."""
    characters = "".join(value[:200] for value in values)
    observed = "".join(sorted(set(characters)))
    enough = len(characters) >= NARROW_MIN_CHARACTERS and len(set(values)) > 1
    enough = enough or len(characters) >= 3 * NARROW_MIN_CHARACTERS
    separator = next((mark for mark in SEPARATORS if _parts(values, mark)), "")
    words = [word for value in values if separator for word in value[:400].split(separator)]
    tokens = tuple(dict.fromkeys(words))[:100]
    return Style(
        observed=observed,
        narrow=_narrow(observed, len(characters)) if enough else "",
        mask=_mask(values),
        numeric=len(set(values)) > 1 and all(map(NUMBER.fullmatch, values)),
        single=len(set(values)) > 1 and all(len(value) == 1 for value in values),
        separator=separator,
        tokens=tokens,
        closed=len(tokens) > 0 and 2 * len(tokens) <= len(words) + 1,
    )


def _parts(values: Sequence[str], mark: str) -> bool:
    """Whether at least half of the strings, and two of them, hold the mark."""
    holding = sum(mark in value for value in values)
    return holding >= 2 and 2 * holding >= len(values)


def _narrow(observed: str, total: int) -> str:
    if len(observed) <= 6 and total >= 2 * len(observed):
        return observed
    kept = set(observed)
    for members in CLASSES:
        if kept <= set(members):
            return members
    if not kept & set(string.ascii_letters) and len(observed) <= 24:
        return observed
    return ""


def _mask(values: Sequence[str]) -> tuple[Run, ...]:
    """The common format of at least three distinct strings that mix digits with other marks."""
    distinct = sorted(set(values))[:64]
    if len(distinct) < 3 or max(len(value) for value in distinct) > 40:
        return ()
    pieces = [re.findall(r"[0-9]+|[a-z]+|[A-Z]+|[^0-9a-zA-Z]+", value) for value in distinct]
    if len(pieces[0]) < 3 or any(len(piece) != len(pieces[0]) for piece in pieces):
        return ()
    runs = [_run(column) for column in zip(*pieces, strict=True)]
    known = [run for run in runs if run is not None]
    marks = any(run.kind == "same" for run in known)
    return tuple(known) if len(known) == len(runs) and marks else ()


def _run(column: tuple[str, ...]) -> Run | None:
    first = column[0]
    if all(item == first for item in column):
        return Run("same", literal=first)
    if all(item.isdigit() and item.isascii() for item in column):
        numbers = [int(item) for item in column]
        fixed = len(first) if all(len(item) == len(first) for item in column) else 0
        return Run("digits", width=fixed, low=min(numbers), high=max(numbers))
    if all(item.isalpha() and item.islower() == first.islower() for item in column):
        low, high = min(map(len, column)), max(map(len, column))
        return Run("lower" if first.islower() else "upper", low=low, high=high)
    return None


def formatted(choices: Choices, style: Style, words: Sequence[str], ints: Sequence[int]) -> str:
    """A string of the observed format: a mask, a number, a character, words with a separator.

    `words` and `ints` are literals, for the places that they fit.
    """
    if style.mask:
        return "".join(_filled(choices, run, ints) for run in style.mask)
    if style.numeric:
        return _number(choices, style)
    if style.single:
        return choices.pick(style.narrow or style.observed * 3 + ORDINARY)
    known = style.tokens + tuple(word for word in words if style.separator not in word)
    return style.separator.join(choices.pick(known) for _ in range(choices.integer(0, 8)))


def has_format(style: Style, words: Sequence[str]) -> bool:
    """Whether the strings seem to keep to a format; literal words can complete a vocabulary."""
    known = bool(style.tokens) and set(style.tokens) <= {*words, ""}
    return bool(style.mask) or style.numeric or style.single or style.closed or known


def fits(style: Style, value: str) -> bool:
    """Whether a string keeps to the alphabet and format."""
    if style.narrow and not set(value) <= set(style.narrow):
        return False
    if style.mask:
        return re.fullmatch("".join(map(_pattern, style.mask)), value) is not None
    if style.numeric:
        return NUMBER.fullmatch(value) is not None
    if style.single:
        return len(value) == 1
    return not style.closed or set(value.split(style.separator)) <= {*style.tokens, ""}


def _pattern(run: Run) -> str:
    if run.kind == "same":
        return re.escape(run.literal)
    if run.kind == "digits":
        return f"[0-9]{{{run.width}}}" if run.width else "[0-9]+"
    return "[a-z]+" if run.kind == "lower" else "[A-Z]+"


def _number(choices: Choices, style: Style) -> str:
    most = choices.pick((9, 9, 100, 10_000))
    low = -most if "-" in style.observed else 0
    whole = str(choices.integer(low, most))
    if "." not in style.observed or choices.chance(30):
        return whole
    return whole + "." + choices.pick(("5", "0", "4", "25", "99", "125"))


def _filled(choices: Choices, run: Run, ints: Sequence[int]) -> str:
    if run.kind == "same":
        return run.literal
    if run.kind != "digits":
        letters = string.ascii_lowercase if run.kind == "lower" else string.ascii_uppercase
        return spelled(choices, letters, choices.integer(run.low, run.high), 0)
    most = 10 ** (run.width or len(str(run.high)) + 1) - 1
    roll = choices.integer(0, 15)
    fitting = [value for value in ints if 0 <= value <= most] if roll >= 13 else []
    if fitting:
        number = choices.pick(fitting)
    elif roll >= 11:
        number = choices.pick((max(0, run.low - 1), min(most, run.high + 1), 0, most))
    else:
        number = choices.integer(run.low, run.high)
    return str(number).zfill(run.width)


def alphabet(style: Style, *, declared: bool, narrow: bool, roll: int) -> str:
    """The characters to spell with; `roll` in 0..31 widens them now and then."""
    if narrow and style.narrow:
        return style.narrow
    if declared and roll in (8, 9):
        return ORDINARY[:10] + FOREIGN + STRANGE + (SURROGATES if roll == 9 else "")
    plain = style.observed * 2 + ORDINARY
    if roll in (4, 5, 6):
        return plain + PUNCTUATION
    if roll == 7:
        return plain + FOREIGN
    return style.observed or ORDINARY if roll % 2 else plain


def spelled(choices: Choices, letters: Sequence[str], length: int, roll: int) -> str:
    """A string of `length` letters: free, of two letters, repeated, or a palindrome."""
    if roll in (1, 2):
        letters = [choices.pick(letters), choices.pick(letters)]
    if length > 2 and roll == 3:
        half = _free(choices, letters, (length + 1) // 2)
        return half + half[: length // 2][::-1]
    if length > 12:
        block = _free(choices, letters, 12)
        return "".join(itertools.islice(_varied(choices, block, letters), length))
    return _free(choices, letters, length)


def _free(choices: Choices, letters: Sequence[str], length: int) -> str:
    return "".join(choices.pick(letters) for _ in range(length))


def _varied(choices: Choices, block: str, letters: Sequence[str]) -> Iterator[str]:
    """`block` again and again, each time with one letter replaced."""
    yield from block
    while True:
        at = choices.integer(0, len(block) - 1)
        yield from block[:at] + choices.pick(letters) + block[at + 1 :]


def lookalike(choices: Choices, value: str) -> str:
    """`value` with one number, or the whole, spelled as lenient and strict parsers differ on it."""
    numbers = list(re.finditer(r"[0-9]+", value))
    if not numbers:
        return choices.pick((f" {value}", f"{value} ", f"{value}\n", value.swapcase(), value * 2))
    return _spelt(value, choices.pick(numbers), choices.pick(LOOKALIKES))


def spellings(value: str) -> Iterator[str]:
    """`value` with its last number in each spelling that parsers differ on."""
    *_, last = re.finditer(r"[0-9]+", value)
    return (_spelt(value, last, spelling) for spelling in LOOKALIKES)


def _spelt(value: str, number: re.Match[str], spelling: str) -> str:
    digits = number.group()
    spelt = spelling.format(digits, digits[0], digits[1:] or "0")
    return value[: number.start()] + spelt + value[number.end() :]


def edited(choices: Choices, value: str, style: Style) -> str:
    """`value` with one character replaced, deleted, doubled or swapped with another."""
    if not value:
        return value
    at = choices.integer(0, len(value) - 1)
    other = choices.integer(0, len(value) - 1)
    action = choices.integer(0, 5)
    if action == 0:
        return value[:at] + value[at + 1 :]
    if action == 1:
        return value[:at] + value[at] + value[at:]
    if action == 2:
        letter = choices.pick(style.narrow or style.observed or ORDINARY)
        return value[:at] + letter + value[at + 1 :]
    if action == 3:
        return value[: at + 1]
    if action == 4:
        return value.upper() if choices.chance(50) and not style.narrow else value[::-1]
    low, high = sorted((at, other))
    if low == high:
        return value
    return value[:low] + value[high] + value[low + 1 : high] + value[low] + value[high + 1 :]
