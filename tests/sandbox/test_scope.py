"""The scope gate: an edit touches its target and nothing else."""

from pathlib import Path

import pytest

from perfbot.sandbox.edit import Edit, baseline
from perfbot.sandbox.gates import scope
from perfbot.sandbox.languages.python import functions, target_of
from perfbot.sandbox.target import Target
from perfbot.sandbox.verdict import Status

FILE = '''\
"""Module."""
from __future__ import annotations

import os
from x import *

__all__ = ["f"]
LIMIT = 3  # three


@os.fspath
def f(a: int, /, b=1, *, c: str = "x") -> int:
    """Doc."""
    return a


def other():
    return unknown(f(1))


class A:
    size = 1

    def m(self):
        yield 1

    def n(self):
        """Spaced.

        Text.
        """
        return 2
'''


def target(qualname: str = "f", source: str = FILE) -> Target:
    """The named function of a text."""
    found = [item for item in functions(source) if item.qualname == qualname][-1]
    return target_of(Path("/project"), "m.py", found, source, import_root=".")


MUST_REFUSE = {
    "a syntax error": ("f", "    return a\n", "    return a a\n"),
    "the function renamed": ("f", "def f(", "def g("),
    "the function removed": ("A.n", "    def n(self):", "    def o(self):"),
    "a second definition": ("f", "def other", "def f(a):\n    return 1\n\n\ndef other"),
    "a parameter's name": ("f", "b=1", "d=1"),
    "a parameter added": ("f", "b=1", "b=1, d=2"),
    "a parameter's kind": ("f", "a: int, /,", "a: int,"),
    "a default": ("f", "b=1", "b=2"),
    "an annotation": ("f", "a: int", "a: float"),
    "the return annotation": ("f", "-> int", "-> float"),
    "a decorator dropped": ("f", "@os.fspath\n", ""),
    "a decorator added": ("f", "@os.fspath\n", "@os.fspath\n@os.fspath\n"),
    "the docstring": ("f", '"""Doc."""', '"""Docs."""'),
    "the docstring dropped": ("f", '    """Doc."""\n', ""),
    "async": ("f", "def f(", "async def f("),
    "a generator no more": ("A.m", "yield 1", "return iter([1])"),
    "a generator now": ("f", "return a", "yield a"),
    "another function": ("f", "return unknown(f(1))", "return f(1)"),
    "a constant": ("f", "LIMIT = 3", "LIMIT = 4"),
    "a comment": ("f", "  # three", "  # 3"),
    "__all__": ("f", '["f"]', '["f", "other"]'),
    "the module's docstring": ("f", '"""Module."""', '"""Mod."""'),
    "a future import dropped": ("f", "from __future__ import annotations\n", ""),
    "a future import added": ("f", "import annotations\n", "import annotations, division\n"),
    "an import dropped": ("f", "import os\n", ""),
    "an import under a taken name": ("f", "import os\n", "import os\nimport math as LIMIT\n"),
    "an import over a builtin": ("f", "import os\n", "import os\nfrom math import pow\n"),
    "an import of a name others miss": ("f", "import os\n", "import os\nimport unknown\n"),
    "a star import": ("f", "import os\n", "import os\nfrom math import *\n"),
    "a public helper": ("f", "@os", "def helper():\n    return 1\n\n\n@os"),
    "a public constant": ("f", "@os", "TABLE = {}\n\n\n@os"),
    "a dunder": ("f", "@os", "def __getattr__(name):\n    return 1\n\n\n@os"),
    "a private name twice": ("f", "@os", "_T = 1\n_T = 2\n\n\n@os"),
    "a call at module level": ("f", "@os", "print(1)\n\n\n@os"),
    "an attribute of the function": ("f", "def other", "f.memo = {}\n\n\ndef other"),
    "the function rebound": ("f", "def other", "f = other\n\n\ndef other"),
    "a block at module level": ("f", "@os", "if True:\n    _x = 1\n\n\n@os"),
    "a new member of the class": (
        "A.m",
        "    def n",
        "    def _h(self):\n        pass\n\n    def n",
    ),
    "a class attribute": ("A.m", "size = 1", "size = 2"),
    "the other method": ("A.m", "return 2", "return 3"),
    "the class's bases": ("A.m", "class A:", "class A(dict):"),
    "a blank line in another docstring": ("f", "Spaced.\n\n", "Spaced.\n"),
    "the order of functions": ("A.m", "    size = 1\n", ""),
    "other newlines elsewhere": ("f", "LIMIT = 3  # three\n", "LIMIT = 3  # three\r\n"),
}

MUST_PASS = {
    "nothing": ("f", "", ""),
    "the body": ("f", "return a\n", "x = a\n    return x\n"),
    "a method's body": ("A.m", "yield 1", "yield from [1]"),
    "an import": ("f", "import os\n", "import bisect\nimport os\n"),
    "an import elsewhere": ("f", "LIMIT = 3", "from heapq import merge as _m\nLIMIT = 3"),
    "a submodule of what is there": ("f", "import os\n", "import os\nimport os.path\n"),
    "a private helper": ("f", "@os", "# why\ndef _h():\n    return 1\n\n\n@os"),
    "a private class": ("f", "@os", "class _H:\n    x = 1\n\n\n@os"),
    "a private constant": ("f", "@os", "_T = {1: 2}  # table\n_U: int = 3\n\n\n@os"),
    "blank lines around": ("f", "@os", "\n\n@os"),
    "a nested function": ("f", "return a\n", "def g(): yield a\n    return list(g())[0]\n"),
}


@pytest.mark.parametrize("name", MUST_REFUSE)
def test_refuses(name: str) -> None:
    """Each change outside the target, or of its face, is refused and said."""
    qualname, old, new = MUST_REFUSE[name]
    assert FILE.count(old) >= 1
    evidence = scope.check(target(qualname), Edit(FILE.replace(old, new, 1)))
    assert evidence.status is Status.REFUTED
    assert evidence.gate == "scope" and evidence.detail.startswith("The edit")


@pytest.mark.parametrize("name", MUST_PASS)
def test_lets_pass(name: str) -> None:
    """Each change of the target, and each free private addition, is let pass."""
    qualname, old, new = MUST_PASS[name]
    evidence = scope.check(target(qualname), Edit(FILE.replace(old, new, 1)))
    assert evidence.status is Status.SURVIVED, evidence.detail


def test_the_baseline_passes() -> None:
    """The empty edit changes nothing else."""
    assert scope.check(target(), baseline(target())).status is Status.SURVIVED


def test_getter_and_setter_are_told_apart() -> None:
    """Of two definitions under one name only the target's may differ."""
    text = (
        "class A:\n    @property\n    def x(self):\n        return 1\n\n"
        "    @x.setter\n    def x(self, value):\n        self.y = value\n"
    )
    setter = target("A.x", text)
    changed = Edit(text.replace("= value", "= value + 0"))
    assert scope.check(setter, changed).status is Status.SURVIVED
    assert scope.check(setter, Edit(text.replace("return 1", "return 2"))).status is Status.REFUTED


@pytest.mark.parametrize("first", ["import math\n", "#!/bin/python\nimport math\n"])
def test_the_first_two_lines_stay(first: str) -> None:
    """A `#!` line counts only in line 1 and an encoding only in the first two: neither moves."""
    source = "#!/bin/python\n# coding: utf-8\ndef f(x):\n    return x\n"
    target = target_of(Path("/p"), "m.py", functions(source)[0], source, import_root=".")
    rest = source.removeprefix(first.removesuffix("import math\n"))
    moved = scope.check(target, Edit(first + rest.replace("return x", "return math.floor(x)")))
    assert moved.status is Status.REFUTED and "first two lines" in moved.detail
    kept = source.replace("def f", "import math\n\n\ndef f")
    assert scope.check(target, Edit(kept)).status is Status.SURVIVED
