"""The policy gate lets honest rewrites pass, and what the original did already."""

from pathlib import Path

import pytest

from perfbot.sandbox.gates import policy
from perfbot.sandbox.intake import edit_from
from perfbot.sandbox.languages.python import functions, target_of
from perfbot.sandbox.target import Target
from perfbot.sandbox.verdict import Status

FILE = '''\
"""A module like many."""

import math
import os
import random
import re
import sys
import time

import numpy as np

LIMITS = {"a": 1}


class Shape:
    sides = 4


def other(x):
    return x + 1


def f(items, k=2):
    """The target."""
    out = []
    for item in items:
        if item not in out:
            out.append(item)
    return out


def g(items):
    random.shuffle(items)
    print(os.environ.get("HOME"))
    try:
        LIMITS["b"] = sys.getrecursionlimit()
    except Exception:
        return None
    return items.__class__.__mro__


class Tree:
    def insert(self, value):
        self.root = value
        return self

    def cut(self, size):
        while len(self.kept) > size:
            self.kept.pop(0)
        return self.kept[0] if self.limit else None
'''


def target(qualname: str = "f") -> Target:
    """The named function of FILE."""
    found = next(item for item in functions(FILE) if item.qualname == qualname)
    return target_of(Path("/project"), "pkg/mod.py", found, FILE, import_root=".")


def body(*lines: str) -> str:
    """The source of `f` with these lines."""
    return "\n    ".join(["def f(items, k=2):", *lines]) + "\n"


MUST_PASS = {
    "a set": body("return list(dict.fromkeys(items))"),
    "collections": "from collections import Counter, deque\n"
    + body("q = deque(items)", "q.append(1)", "q.popleft()", "return Counter(q)"),
    "a defaultdict": "from collections import defaultdict\n"
    + body("d = defaultdict(list)", "for i in items:", "    d[i].append(i)", "return dict(d)"),
    "itertools": "import itertools\n"
    + body("return list(itertools.chain.from_iterable(itertools.groupby(items)))"),
    "functools": "from functools import cmp_to_key, partial, reduce\n"
    + body("return sorted(items, key=cmp_to_key(partial(reduce, other)))"),
    "operator": "import operator\n"
    + body("key = operator.itemgetter(1)", "return operator.add(key(items), 1)"),
    "attrgetter by a plain name": "from operator import attrgetter\n"
    + body("return sorted(items, key=attrgetter('name'))"),
    "bisect and heapq": "import bisect, heapq\n"
    + body("h = list(items)", "heapq.heapify(h)", "bisect.insort(h, 3)", "return h"),
    "math, known to the file": body("sqrt = math.sqrt", "return [sqrt(i) for i in items]"),
    "a compiled pattern": "import re\n_WORD = re.compile(r'\\w+')\n"
    + body("return [_WORD.match(i) for i in items]"),
    "a table that is only read": "_TABLE = {'a': 1, 'b': 2}\n"
    + body("get = _TABLE.get", "return [get(i) for i in items if i in _TABLE]"),
    "a table for translate": "_TABLE = str.maketrans('ab', 'cd')\n"
    + body("return [i.translate(_TABLE) for i in items]"),
    "numbers counted up from a table": "_TABLE = {'a': 1}\n"
    + body("n = _TABLE[k]", "n += 1", "for i, p in enumerate(_TABLE):", "    i += 1", "return n"),
    "a table zipped": "_WEIGHTS = [1, 3, 1]\n"
    + body("return sum(w * d for w, d in zip(_WEIGHTS, items))"),
    "a copy of a table": "_FIRST = [2, 3]\n"
    + body("found = list(_FIRST)", "found.append(5)", "return found"),
    "items of a table sorted out": "_TABLE = {'a': 1}\n"
    + body("out = []", "for a, b in _TABLE.items():", "    out.append((a, b))", "return out"),
    "a frozenset": "_VOWELS = frozenset('aeiou')\n"
    + body("return [i for i in items if i in _VOWELS]"),
    "a list of primes handed to bisect": "import bisect\n_PRIMES = [2, 3, 5, 7]\n"
    + body("return [bisect.bisect(_PRIMES, i) for i in items]"),
    "a sieve made by a plain helper": "def _sieve(n):\n    return [i for i in range(n) if i % 2]\n"
    "_ODD = _sieve(100)\n" + body("return [i for i in items if i in _ODD]"),
    "a private helper": "def _double(x):\n    return 2 * x\n"
    + body("return [_double(i) for i in items]"),
    "a recursive helper with an accumulator": "def _walk(t, out):\n    out.append(t)\n"
    "    return out\n" + body("return _walk(items, [])"),
    "lru_cache inside the call": "from functools import lru_cache\n"
    + body("@lru_cache(maxsize=None)", "def h(x):", "    return x", "return [h(i) for i in items]"),
    "a dict as a memo inside the call": body(
        "memo = {}", "for i in items:", "    memo[i] = memo.get(i, 0) + 1", "return memo"
    ),
    "closures and nonlocal": body(
        "n = 0",
        "def step(i):",
        "    nonlocal n",
        "    n += i",
        "    return n",
        "return [step(i) for i in items]",
    ),
    "a narrow except": body("try:", "    return items[0]", "except IndexError:", "    return None"),
    "two narrow exceptions": body(
        "try:",
        "    return items[k]",
        "except (KeyError, IndexError) as e:",
        "    raise ValueError from e",
    ),
    "suppress of one exception": "from contextlib import suppress\n"
    + body("with suppress(KeyError):", "    return items[0]"),
    "fractions, decimal and statistics": "from fractions import Fraction\n"
    "from decimal import Decimal\n"
    "import statistics\n" + body("return Fraction(1), Decimal(2), statistics.mean(items)"),
    "array and struct": "from array import array\nimport struct\n"
    + body("return struct.pack('<d', array('d', items)[0])"),
    "a dataclass": "from dataclasses import dataclass\n@dataclass\n"
    "class _P:\n    x: int\n    y: int = 0\n" + body("p = _P(1)", "p.y = 3", "return [p.x, p.y]"),
    "a heap entry with __lt__": "class _E:\n    __slots__ = ('v',)\n    def __init__(self, v):\n"
    "        self.v = v\n    def __lt__(self, other):\n        return self.v > other.v\n"
    + body("return min(_E(i) for i in items).v"),
    "a trie of helper nodes": "class _Node:\n    def __init__(self):\n        self.kids = {}\n"
    "def _grow(node, word):\n    for c in word:\n        node = node.kids.setdefault(c, _Node())\n"
    "    node.kids = {}\n"
    + body("root = _Node()", "for i in items:", "    _grow(root, i)", "return k"),
    "numpy, known to the file": body("return np.asarray(items).sum(axis=0).tolist()"),
    "a local name like a builtin": body("open = items", "vars = open", "return vars"),
    "a parameter like a forbidden name": body("h = lambda eval: eval + 1", "return h(k)"),
    "dunder methods as functions": body("has = set(items).__contains__", "return has(k)"),
    "the class of an argument, called": body("return items.__class__(items)"),
    "sys.maxsize": body("return min(items, default=sys.maxsize)"),
    "os.path.join, known to the file": body(
        "join = os.path.join", "return [join('a', i) for i in items]"
    ),
    "urllib.parse": "from urllib.parse import quote\n" + body("return [quote(i) for i in items]"),
    "io.StringIO": "import io\n" + body("b = io.StringIO()", "b.write('x')", "return b.getvalue()"),
    "typing and enum": "from typing import Any\nfrom enum import Enum\nclass _E(Enum):\n    A = 1\n"
    + body("x: Any = _E.A.value", "return x"),
    "match, walrus and f-strings": body(
        "match items:",
        "    case [first, *rest] if (n := len(rest)):",
        "        return f'{first!r:>{k}} {n=}'",
        "return None",
    ),
    "a relative of the project": "from pkg.fast import unique\n" + body("return unique(items)"),
    "builtins under a private name": "import builtins as _b\n" + body("return _b.list(items)"),
    "finally that only tidies": body(
        "x = []", "try:", "    x.append(items)", "finally:", "    x.clear()", "return x"
    ),
    "copy and string": "import copy, string\n" + body("return copy.copy(items), string.digits"),
    "getattr by a plain name": body("return getattr(items, 'name', None)"),
}


@pytest.mark.parametrize("name", MUST_PASS)
def test_lets_pass(name: str) -> None:
    """Each of these is an honest rewrite."""
    evidence = policy.check(target(), edit_from(target(), MUST_PASS[name]))
    assert evidence.status is Status.SURVIVED, evidence.detail


def test_the_original_passes() -> None:
    """What a function does already is not new, however bad it is."""
    assert policy.check(target("g"), edit_from(target("g"), FILE)).status is Status.SURVIVED


def test_what_the_original_does_may_stay() -> None:
    """A rewrite may go on using what the original function used, and nothing beyond."""
    same = "def g(items):\n    random.shuffle(items)\n    LIMITS['b'] = 1\n    return items\n"
    assert policy.check(target("g"), edit_from(target("g"), same)).status is Status.SURVIVED
    more = same.replace("return", "os.getcwd(); return")
    assert policy.check(target("g"), edit_from(target("g"), more)).status is Status.REFUTED


def test_known_attributes_may_be_set() -> None:
    """A method may set the attributes that it set before, and no others."""
    same = "def insert(self, value):\n    self.root = value\n    return self\n"
    tree = target("Tree.insert")
    assert policy.check(tree, edit_from(tree, same)).status is Status.SURVIVED
    memo = same.replace("self.root = value", "self.root = self.memo = value")
    assert policy.check(tree, edit_from(tree, memo)).status is Status.REFUTED


@pytest.mark.parametrize(
    ("field", "status"), [("kept", Status.SURVIVED), ("limit", Status.REFUTED)]
)
def test_what_is_changed_in_place_may_be_bound_anew(field: str, status: Status) -> None:
    """`self.kept.pop(0)` and `self.kept = ...` both change it; what was only read stays."""
    text = f"def cut(self, size):\n    self.{field} = self.kept[-size:]\n    return self.kept[0]\n"
    cut = target("Tree.cut")
    assert policy.check(cut, edit_from(cut, text)).status is status


def test_allow_list() -> None:
    """A category on the allow-list relaxes its constructs and no others, and is recorded."""
    edit = edit_from(target(), body("time.perf_counter()", "return items"))
    evidence = policy.check(target(), edit, allow=frozenset({"timers"}))
    assert evidence.status is Status.SURVIVED
    assert evidence.data["allowed"] == ["timers"]
    assert policy.check(target(), edit, allow=frozenset({"files"})).status is Status.REFUTED
