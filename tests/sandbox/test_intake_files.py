"""Whole files and diffs as candidates; and texts that are no candidates."""

import difflib
from pathlib import Path

import pytest

from perfbot.sandbox.edit import Edit
from perfbot.sandbox.errors import UsageError
from perfbot.sandbox.gates import scope
from perfbot.sandbox.intake import edit_from
from perfbot.sandbox.languages.python import functions, target_of
from perfbot.sandbox.target import Target
from perfbot.sandbox.verdict import Status

FILE = '''\
#!/usr/bin/env python
"""Module."""
from __future__ import annotations

import math

LIMIT = 3


def helper(x):
    return x + 1


# about f
@staticmethod
def f(items: list[int], k: int = 2, *rest, flag=False) -> int:  # header
    """Doc."""
    # old
    return helper(len(items))


class A:
    def m(self, list):
        return [x for x in list]

    def n(self): return 1
'''


def target(qualname: str = "f", source: str = FILE) -> Target:
    """The named function of a text."""
    found = [item for item in functions(source) if item.qualname == qualname][-1]
    return target_of(Path("/project"), "m.py", found, source, import_root=".")


def edit(text: str, qualname: str = "f", source: str = FILE) -> Edit:
    """The edit of a candidate, which the scope gate must let pass."""
    made = edit_from(target(qualname, source), text)
    evidence = scope.check(target(qualname, source), made)
    assert evidence.status is Status.SURVIVED, (evidence.detail, made.file_source)
    return made


def refused(text: str, qualname: str = "f", source: str = FILE) -> str:
    """Why the scope gate refuses a candidate."""
    evidence = scope.check(target(qualname, source), edit_from(target(qualname, source), text))
    assert evidence.status is Status.REFUTED
    return evidence.detail


WHOLE = FILE.replace(
    "    # old\n    return helper(len(items))", "    return helper(len(items)) + 0"
)


def as_diff(new: str, name: str = "m.py", context: int = 3) -> str:
    """A unified diff from FILE to `new`."""
    lines = difflib.unified_diff(
        FILE.splitlines(True), new.splitlines(True), f"a/{name}", f"b/{name}", n=context
    )
    return "".join(lines)


@pytest.mark.parametrize("form", ["file", "diff", "narrow diff", "crlf diff"])
def test_whole_files_and_diffs(form: str) -> None:
    """The whole new file and its diff give the same edit as the function alone."""
    text = {
        "file": WHOLE,
        "diff": as_diff(WHOLE),
        "narrow diff": as_diff(WHOLE, context=0),
        "crlf diff": as_diff(WHOLE).replace("\n", "\r\n"),
    }[form]
    assert edit(text).file_source == WHOLE


def test_whole_file_with_import_and_helper() -> None:
    """A whole file's new import and helper are treated as those of a function."""
    new = WHOLE.replace("import math\n", "import math\nimport bisect\n")
    new = new.replace("# about f", "def fast(x):\n    return bisect.bisect(x, 1)\n\n\n# about f")
    new = new.replace("helper(len(items)) + 0", "fast(items)")
    made = edit(new)
    assert "import bisect\nimport math\n" in made.file_source
    assert "def _fast(x)" in made.file_source and "return _fast(items)" in made.file_source


@pytest.mark.parametrize("form", ["file", "diff"])
@pytest.mark.parametrize(
    "old, new",
    [
        ("LIMIT = 3", "LIMIT = 4"),
        ("return x + 1", "return x + 2"),
        ("# about f", "# about"),
        ("import math\n", ""),
        ("def n(self): return 1", "def n(self): return 2"),
        ("\n\nclass A", "\n\ndef __getattr__(name):\n    return 1\n\n\nclass A"),
        ("\n\nclass A", "\n\nf.memo = {}\n\n\nclass A"),
    ],
)
def test_other_changes_in_the_file_stay(form: str, old: str, new: str) -> None:
    """Whatever else a whole file or a diff changes is still there for scope to refuse."""
    assert WHOLE.count(old) == 1
    text = WHOLE.replace(old, new)
    refused(text if form == "file" else as_diff(text))


@pytest.mark.parametrize(
    "text, message",
    [
        ("def f(:\n", "not valid Python"),
        ("", "no function `f`"),
        ("x = 1\n", "no function `f`"),
        ("def g():\n    return 1\n", "its functions: g"),
        ("class S:\n    def f(self):\n        return 1\n", "S.f"),
        ("```python\ndef f(): pass\n```", "not valid Python"),
        (as_diff(WHOLE).replace("# old", "# odd"), "does not apply"),
        (as_diff(WHOLE, "other.py"), "other.py"),
        (as_diff(WHOLE).rsplit("\n", 4)[0], "ends inside"),
        ("--- a/m.py\n+++ b/m.py\n", "no hunks"),
    ],
)
def test_what_is_no_candidate(text: str, message: str) -> None:
    """Text without the function, or a diff that does not fit, is the user's mistake."""
    with pytest.raises(UsageError, match=message):
        edit_from(target(), text)


def test_diff_with_shifted_lines() -> None:
    """A hunk whose line numbers are off goes where its lines stand."""
    diff = as_diff(WHOLE)
    number = diff[diff.index("@@ -") + 4 :].split(",")[0]
    shifted = diff.replace(f"@@ -{number},", f"@@ -{int(number) + 3},")
    assert shifted != diff
    assert edit(shifted).file_source == WHOLE


CLASS = '''\
"""Sums."""
import math


class Sums:
    """Of items."""

    def __init__(self, items):
        self.items = items

    def total(self, most):
        """Of those up to most."""
        found = 0
        for item in self.items:
            if item <= most:
                found += item
        return found
'''


def test_a_class_handed_in_alone_is_its_method() -> None:
    """Though it is most of its file, the docstring and the imports around it stay; a class that
    changes another of its methods is still refused where it is the whole file."""
    alone = CLASS[CLASS.index("class Sums") :].replace("found += item", "found = found + item")
    made = edit(alone, "Sums.total", CLASS)
    assert made.file_source == CLASS.replace("found += item", "found = found + item")
    whole = CLASS.replace("self.items = items", "self.items = sorted(items)")
    assert "the class" in refused(whole, "Sums.total", CLASS)


def test_a_class_without_the_rest_of_its_file_removes_nothing() -> None:
    """Another function below it stays where it was."""
    file = CLASS + "\n\ndef other():\n    return math.pi\n"
    alone = CLASS[CLASS.index("class Sums") :].replace("found += item", "found = found + item")
    made = edit("import math\n\n\n" + alone, "Sums.total", file)
    assert made.file_source == file.replace("found += item", "found = found + item")


def test_a_whole_file_may_lack_comments() -> None:
    """Models leave them out: those outside the function stay as they were."""
    made = edit(WHOLE.replace("#!/usr/bin/env python\n", "").replace("# about f\n", ""))
    assert made.file_source == edit(WHOLE).file_source
    assert "# about f" in made.file_source
    refused(WHOLE.replace("# about f\n", "# about f\n# more\n"))
    refused(WHOLE.replace("# about f\n", "").replace("LIMIT = 3\n", ""))
    refused(as_diff(WHOLE.replace("# about f\n", "")))
