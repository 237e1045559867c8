"""What a docstring says of the numbers that a function takes."""

import ast
import re
from collections.abc import Iterable, Mapping, Sequence

from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.signature import Signature, parsed

NUMBERS = r"(?:integers?|ints?|numbers?|whole numbers?)"
FLOORS = {
    re.compile(rf"\bnon-?negative {NUMBERS}\b", re.I): 0,
    re.compile(rf"(?<!non-)(?<!non)\bpositive {NUMBERS}\b|\bnatural numbers?\b", re.I): 1,
}
TAKES = re.compile(
    r"\b(?:given|takes?|accepts?|receives?|expects?|inputs?|arguments?|param(?:eter)?s?)\b"
    r"(?!.*\b(?:and|returns?|yields?|results?|outputs?|gives?|counts?)\b)[^,]{0,30}$",
    re.I | re.S,
)
"""Said right before: the phrase is of what the function takes."""


BETWEEN = (
    r"(?:[\W\d]|\b(?:be|a|an|any|the|some|one|two|both|all|each|every|only|always|also|either|given"
    r"|strictly|single|small|large|list|tuple|sequence|array|iterable|of|int|integer|str|optional)\b)"
)
"""What may stand between a parameter's name and the phrase. "n is mapped to a non-negative integer"
is about the result: nothing that happens to the argument may be said in between."""

TAKEN_BACK = re.compile(r"not\b|n't\b|\b(?:unless|without|raises?|errors?|invalid)\b", re.I)
"""Said before the phrase: it is of what the function refuses."""
ZERO_TOO = re.compile(r".{0,20}?\bor\b.{0,20}?\b(?:zero|0|none|negative)\b", re.I)


def least_ints(source: str, signature: Signature, observed: Sequence[Arguments]) -> dict[str, int]:
    """The least int that the docstring of the function in `source` lets each argument hold.

    1 where it speaks of positive integers, 0 of non-negative ones. Arguments of which it says
    neither are left out, and those that hold a smaller one in an observed input (the words are
    then about something else).
    """
    text = docstring(source)
    names = [item.name for item in signature.parameters]
    found: dict[str, int] = {}
    for phrase, floor in FLOORS.items():
        for name in spoken_of(phrase, text, names):
            found.setdefault(name, floor)
    for arguments in observed:
        for name in below(found, signature, arguments):
            del found[name]
    return found


def below(floors: Mapping[str, int], signature: Signature, arguments: Arguments) -> list[str]:
    """The parameters whose arguments hold an int that is smaller than `floors` says."""
    bound = signature.bind(arguments) or {}
    return [
        name
        for name, floor in floors.items()
        if name in bound and any(value < floor for value in ints_in(bound[name]))
    ]


def just_below(floor: int, value: object) -> object | None:
    """An argument like `value` that holds `floor - 1`; None where `value` holds no int."""
    if type(value) is int:
        return floor - 1
    if isinstance(value, list) and value and type(value[0]) is int:
        return [floor - 1, *value[1:]]
    return None


def docstring(source: str) -> str:
    """The docstring of the first function in `source`, or nothing."""
    for node in ast.walk(parsed(source)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return ast.get_docstring(node) or ""
    return ""


def spoken_of(phrase: re.Pattern[str], text: str, names: Sequence[str]) -> set[str]:
    """The parameters that the phrase is said of: the only one, where it is said without a name.

    "Given a positive integer" and "positive integer n" are about arguments; "return a positive
    integer" and "the first n natural numbers" are about results and numbers in general.
    """
    any_name = rf"`?(?i:{'|'.join(map(re.escape, names))})\b`?" if names else r"(?!)"
    after = re.compile(rf"\W{{1,3}}(?:called |named )?{any_name}(?:(?:,| and|, and) {any_name})*")
    before = re.compile(rf"\b({any_name})(?: of| is| are| must| should| ?:| ?\(){BETWEEN}*$")
    found: set[str] = set()
    for match in phrase.finditer(text):
        clause = re.split(r"[.;]|\n\s*\n", text[: match.start()])[-1]
        if TAKEN_BACK.search(clause) or ZERO_TOO.match(text, match.end()):
            continue
        named = after.match(text, match.end()) or before.search(clause)
        if named is not None:
            words = set(re.findall(r"\w+", named.group().lower()))
            found.update(name for name in names if name.lower() in words)
        elif len(names) == 1 and TAKES.search(clause):
            found.update(names)
    return found


def ints_in(value: object) -> Iterable[int]:
    """The int that an argument is, or those in a list or tuple that it is."""
    for item in value if isinstance(value, (list, tuple)) else [value]:
        if type(item) is int:
            yield item
