"""Kinds of annotated parameters, each with an edit that only an input which it allows tells apart.

The project that a kind is laid out as has a test that makes one call, which tells nothing; so the
wrong edit is found by drawing values of the annotation, and by nothing else.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from perfbot.sandbox.baseline import Baseline, prepare
from perfbot.sandbox.candidate import Candidate
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.gates import fuzz
from perfbot.sandbox.languages.python import locate
from perfbot.sandbox.project import Project
from perfbot.sandbox.settings import Settings
from perfbot.sandbox.verdict import Evidence, Status

EXAMPLES = 300
STANDARD = """\
import collections
import collections.abc
import datetime
import enum
import operator
import pathlib
import re
from collections import Counter, defaultdict, deque, namedtuple
from dataclasses import KW_ONLY, dataclass, field
from decimal import Decimal
from enum import Enum, Flag, auto
from fractions import Fraction
from typing import *
"""
"""What the modules of most kinds begin with."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A parameter `x` of a function that returns `result`."""

    name: str
    annotation: str
    call: str
    """The test's argument list."""
    odd: str
    """The condition on `x` under which the wrong edit goes wrong."""
    result: str = "repr(x)"
    header: str = STANDARD
    """What the module has before the function."""
    types: str = ""
    """What the module `types_of` beside it has."""
    parameters: str = ""
    """The function's own type parameters, in brackets."""

    def module(self, result: str) -> str:
        """The text of `made.py` with a function that does what `result` says."""
        head = f"def f{self.parameters}(x: {self.annotation}):\n"
        return f"{self.header}\n\n\n{head}{result}"

    @property
    def original(self) -> str:
        """The module as it is."""
        return self.module(f"    return {self.result}\n")

    @property
    def wrong(self) -> str:
        """The module with an edit that does something else where `odd` holds."""
        body = f"    if {self.odd}:\n        return 'odd'\n    return {self.result}\n"
        return self.module(body)

    @property
    def right(self) -> str:
        """The module with an edit that does the same."""
        return self.module(f"    found = {self.result}\n    return found\n")

    def __str__(self) -> str:
        return self.name

    def lay_out(self, root: Path) -> None:
        """Write the project's files."""
        (root / "made.py").write_text(self.original)
        (root / "types_of.py").write_text(self.types)
        test = f"import made\nfrom made import *\n\n\ndef test_f():\n    made.f({self.call})\n"
        (root / "test_made.py").write_text(test)


@contextmanager
def prepared(kind: Kind, root: Path) -> Iterator[Baseline]:
    """The baseline of a kind's function."""
    kind.lay_out(root)
    target = locate(root, "made.py", "f", import_root=".")
    project = Project(root, Path(sys.executable))
    baseline = prepare(project, target, Settings(examples=EXAMPLES), None)
    try:
        yield baseline
    finally:
        baseline.close()


def judged(baseline: Baseline, source: str) -> Evidence:
    """What the fuzz gate says of an edit."""
    candidate = Candidate(baseline, Edit(source))
    failure = candidate.start()
    assert failure is None, failure
    try:
        return fuzz.check(candidate)
    finally:
        candidate.close()


def refuted_and_shown(kind: Kind, root: Path) -> None:
    """Assert that the wrong edit of a kind is refuted, the right one not, and the script shows it.

    The script runs in an interpreter that knows nothing of perfbot.
    """
    with prepared(kind, root) as baseline:
        wrong, right = judged(baseline, kind.wrong), judged(baseline, kind.right)
    assert wrong.status is Status.REFUTED, wrong.detail
    assert right.status is Status.SURVIVED, (right.detail, right.counterexample)
    assert wrong.counterexample is not None and wrong.counterexample.snippet
    shown = run_snippet(wrong.counterexample.snippet, root)
    assert shown.returncode == 1, shown.stdout + shown.stderr
    before, after = shown.stdout.splitlines()
    assert before.startswith("original: returned "), shown.stdout
    assert not before.startswith("original: returned 'odd';"), shown.stdout
    assert after.startswith("edit:     returned 'odd';"), shown.stdout
    undone = wrong.counterexample.snippet.replace("answer(EDIT)", "answer(ORIGINAL)")
    same = run_snippet(undone, root)
    assert same.returncode == 0, same.stdout + same.stderr


def run_snippet(text: str, root: Path) -> subprocess.CompletedProcess[str]:
    """What a counterexample's script prints in the project's folder."""
    command = [sys.executable, "-I", "-c", text]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=60)
