"""What a docstring says of the numbers that a function takes."""

import ast
import re
from collections.abc import Iterable, Sequence

from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.signature import parsed

NUMBERS = r"(?:integers?|ints?|numbers?|whole numbers?)"
POSITIVE = re.compile(rf"(?<!non-)(?<!non)\bpositive {NUMBERS}\b|\bnatural numbers?\b", re.I)
NONNEGATIVE = re.compile(rf"\bnon-?negative {NUMBERS}\b", re.I)


def least_int(source: str, observed: Sequence[Arguments]) -> int | None:
    """The least int that the docstring of the function in `source` lets an argument hold.

    1 where it speaks of positive integers, 0 of non-negative ones; None where it says neither, or
    an observed input holds a smaller one (the words are then about something else).
    """
    text = docstring(source)
    floor = 0 if NONNEGATIVE.search(text) else 1 if POSITIVE.search(text) else None
    if floor is None or any(value < floor for item in observed for value in ints_in(item)):
        return None
    return floor


def docstring(source: str) -> str:
    """The docstring of the first function in `source`, or nothing."""
    for node in ast.walk(parsed(source)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return ast.get_docstring(node) or ""
    return ""


def ints_in(arguments: Arguments) -> Iterable[int]:
    """The ints that are arguments, and those in lists or tuples that are."""
    for value in [*arguments.args, *arguments.kwargs.values()]:
        for item in value if isinstance(value, (list, tuple)) else [value]:
            if type(item) is int:
                yield item
