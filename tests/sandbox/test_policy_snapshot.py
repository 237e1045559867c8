"""A new constant may not be a copy, taken at import, of what may change later."""

from pathlib import Path

import pytest

from perfbot.sandbox.edit import Edit
from perfbot.sandbox.gates import policy
from perfbot.sandbox.intake import edit_from
from perfbot.sandbox.languages.python import functions, target_of
from perfbot.sandbox.target import Target
from perfbot.sandbox.verdict import Status

FILE = '''\
"""Words, and what may be done with them."""

import re
import string

from shop.rates import RATES

WORDS = ["a", "the"]
NAMES = ("a", "the")
LENGTH = 3
_SEEN = {"a": 1}
_FIXED_WORDS = ["a", "the"]
_cache = None


class Shape:
    sides = [1, 2]


def register(word):
    global _cache
    _SEEN[word] = 1
    _cache = word


def known(word):
    return word in _FIXED_WORDS and len(_FIXED_WORDS)


def f(items):
    """The target."""
    return [item for item in items if item in WORDS]
'''


def target() -> Target:
    """The function `f` of FILE."""
    found = next(item for item in functions(FILE) if item.qualname == "f")
    return target_of(Path("/project"), "pkg/mod.py", found, FILE, import_root=".")


def with_constant(*lines: str) -> Edit:
    """An edit that adds these statements before an `f` that uses them."""
    added = [line.partition("(")[0].split()[-1 if "def " in line else 0] for line in lines]
    used = " or ".join(f"len({name})" for name in added if name.startswith("_"))
    rewritten = f"def f(items):\n    return [item for item in items if {used}]\n"
    return edit_from(target(), "\n".join([*lines, "", "", rewritten]))


MUST_REFUSE = {
    "a set of a public list": ["_SET = frozenset(WORDS)"],
    "a pattern made of a public list": ["_ANY = re.compile('|'.join(WORDS))"],
    "a comprehension over a public list": ["_BY_LENGTH = {len(word): word for word in WORDS}"],
    "a length": ["_LENGTH = len(WORDS)"],
    "an item": ["_FIRST = WORDS[0]"],
    "a private table that a function changes": ["_KNOWN = frozenset(_SEEN)"],
    "a table of a class": ["_SIDES = tuple(Shape.sides)"],
    "a name that a function rebinds": ["_OLD = _cache"],
    "a table of another module": ["_RATE = dict(RATES)"],
    "an item of another module's table": ["_BASE = RATES['base']"],
    "a default of the function's helper": ["def _has(word, among=frozenset(WORDS)):", "    pass"],
    "through a helper called at import": [
        "def _made():",
        "    return frozenset(WORDS)",
        "_SET = _made()",
    ],
    "through a method": ["_COPY = WORDS.copy()"],
}

MUST_PASS = {
    "a second name for the table": ["_W = WORDS"],
    "a bound method of the table": ["_index = WORDS.index"],
    "a set of a tuple": ["_SET = frozenset(NAMES)"],
    "a private table that nobody changes": ["_SET = frozenset(_FIXED_WORDS)"],
    "a number": ["_TWICE = LENGTH * 2"],
    "the standard library's constants": ["_DIGITS = frozenset(string.digits)"],
    "a helper that looks when it is called": [
        "def _set():",
        "    return frozenset(WORDS)",
    ],
    "a pattern of its own": ["_ANY = re.compile('a|b')"],
}


@pytest.mark.parametrize("name", MUST_REFUSE)
def test_refuses_a_copy_of_what_may_change(name: str) -> None:
    """Each of these answers from the past as soon as a word is registered."""
    evidence = policy.check(target(), with_constant(*MUST_REFUSE[name]))
    assert evidence.status is Status.REFUTED
    assert "(allow-list key: state)" in evidence.detail


@pytest.mark.parametrize("name", MUST_PASS)
def test_lets_pass_what_follows_or_cannot_change(name: str) -> None:
    """Each of these sees later changes, or there can be none."""
    evidence = policy.check(target(), with_constant(*MUST_PASS[name]))
    assert evidence.status is Status.SURVIVED, evidence.detail
