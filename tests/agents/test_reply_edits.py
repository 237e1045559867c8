"""Replies of every form become the edit that was meant, and those that are none say why."""

import ast
from pathlib import Path

import pytest

from perfbot.agents.reply_edits import SAME, edit_from_reply, target_in
from perfbot.agents.reply_patches import Replacement, applied, replacements_in
from perfbot.sandbox.edit import Edit, baseline
from perfbot.sandbox.errors import UsageError
from perfbot.sandbox.languages import cpp, python
from perfbot.sandbox.target import Target

SOURCE = '''\
"""A module."""

import math

LIMIT = 10


def helper(x):
    return x + 1


def total(xs):
    """The sum of what is below the limit."""
    result = 0
    for x in xs:
        if x < LIMIT:
            result = result + x
    return result


class Box:
    def __init__(self, xs):
        self.xs = xs

    def total(self):
        """All of it."""
        result = 0
        for x in self.xs:
            result = result + x
        return result
'''
FAST = """\
def total(xs):
    return sum(x for x in xs if x < LIMIT)
"""
BODY = "return sum(x for x in xs if x < LIMIT)"


@pytest.fixture
def target(tmp_path: Path) -> Target:
    """`total` in a file of its own folder."""
    (tmp_path / "m.py").write_text(SOURCE)
    return python.locate(tmp_path, "m.py", "total", import_root=".")


def _source(target: Target, reply: str, parent: Edit | None = None) -> str:
    """The function that the reply's edit has; the file must parse and the rest be unchanged."""
    read = edit_from_reply(target, reply, parent=parent or baseline(target))
    assert read.edit is not None, read.problem
    ast.parse(read.edit.file_source)
    return target_in(target, read.edit.file_source).source


WHOLE = SOURCE.replace(
    SOURCE[SOURCE.index("    result = 0\n    for x in xs") : SOURCE.index("\n\nclass Box")],
    f"    {BODY}\n",
)
SEARCH = """\
m.py
<<<<<<< SEARCH
    result = 0
    for x in xs:
        if x < LIMIT:
            result = result + x
    return result
=======
    return sum(x for x in xs if x < LIMIT)
>>>>>>> REPLACE
"""
DIFF = """\
--- a/m.py
+++ b/m.py
@@ -11,9 +11,4 @@
 def total(xs):
     \"\"\"The sum of what is below the limit.\"\"\"
-    result = 0
-    for x in xs:
-        if x < LIMIT:
-            result = result + x
-    return result
+    return sum(x for x in xs if x < LIMIT)
"""
FORMS = {
    "fenced function": f"Sure:\n\n```python\n{FAST}```\nIt is faster.",
    "bare function": FAST,
    "indented block": "1. So:\n\n    ```python\n    " + FAST.replace("\n", "\n    ") + "```",
    "whole file": f"```python\n{WHOLE}```",
    "search and replace": SEARCH,
    "search and replace, fenced": f"Here:\n```python\n{SEARCH}```\nDone.",
    "search with other indentation": SEARCH.replace("\n    ", "\n"),
    "two searches": (
        "<<<<<<< SEARCH\n    for x in xs:\n        if x < LIMIT:\n            result = result + x\n"
        "=======\n>>>>>>> REPLACE\n"
        "<<<<<<< SEARCH\n    result = 0\n    return result\n=======\n"
        f"    {BODY}\n>>>>>>> REPLACE\n"
    ),
    "diff": DIFF,
    "fenced diff": f"```diff\n{DIFF}```",
    "diff with wrong counts": DIFF.replace("-11,9 +11,4", "-1,3 +1,2"),
    "diff of another path": DIFF.replace("a/m.py", "src/app.py").replace("b/m.py", "src/app.py"),
    "diff without headers": "```diff\n" + DIFF.partition("\n@@")[2].partition("\n")[2] + "```",
    "diff without spaces on context": DIFF.replace("\n def", "\ndef"),
    "CRLF": f"```python\n{FAST}```".replace("\n", "\r\n"),
    "longer name": "```python\n" + FAST.replace("def total", "def total_fast") + "```",
    "cut fence": f"```python\n{FAST}",
    "thoughts before it": (
        "<think>Maybe\n```python\ndef total(xs):\n    return 0\n```\nNo.</think>\n"
        f"```python\n{FAST}```"
    ),
    "thoughts without their beginning": (
        f"Maybe\n```python\ndef total(xs):\n    return 0\n```\n</think>\n```python\n{FAST}```"
    ),
    "chat tokens": f"<|start_header_id|>assistant<|end_header_id|>\n```python\n{FAST}```<|eot_id|>",
}


@pytest.mark.parametrize("form", FORMS)
def test_each_form_is_understood(target: Target, form: str) -> None:
    """All say the same change in their own way, and all give the same function."""
    source = _source(target, FORMS[form])
    assert BODY in source
    assert "result" not in source
    assert source.startswith("def total(xs):")
    assert '"""The sum of what is below the limit."""' in source


def test_a_method_is_changed_in_its_class(tmp_path: Path) -> None:
    """Of two functions with one name the target is the one that changes, in each form."""
    (tmp_path / "m.py").write_text(SOURCE)
    method = python.locate(tmp_path, "m.py", "Box.total", import_root=".")
    search = SEARCH.replace("in xs", "in self.xs").replace("        if x < LIMIT:\n    ", "")
    for reply in (
        "```python\ndef total(self):\n    return sum(self.xs)\n```",
        "```python\nclass Box:\n    def total(self):\n        return sum(self.xs)\n```",
        search.replace("sum(x for x in self.xs if x < LIMIT)", "sum(self.xs)"),
    ):
        source = _source(method, reply)
        assert "return sum(self.xs)" in source, reply
        assert '"""All of it."""' in source


def test_lines_that_stand_twice_are_those_of_the_target(target: Target) -> None:
    """`return result` is in two functions; the one in the target is meant."""
    reply = "<<<<<<< SEARCH\nreturn result\n=======\nreturn result + 0\n>>>>>>> REPLACE"
    read = edit_from_reply(target, reply, parent=baseline(target))
    assert read.edit is not None
    assert "    return result + 0\n\n\nclass Box" in read.edit.file_source


def test_helpers_and_imports_of_other_blocks_come_along(target: Target) -> None:
    """A reply may show its helper and its import in blocks of their own."""
    reply = (
        "First:\n```python\nfrom itertools import takewhile\n```\nThen a helper:\n"
        "```python\ndef _small(x):\n    return x < LIMIT\n```\nand\n"
        "```python\ndef total(xs):\n    return sum(takewhile(_small, xs))\n```\n"
        "Use it:\n```python\nprint(total([1]))\n```"
    )
    read = edit_from_reply(target, reply, parent=baseline(target))
    assert read.edit is not None
    text = read.edit.file_source
    assert "from itertools import takewhile" in text
    assert "def _small(x):" in text
    assert "print" not in text


@pytest.mark.parametrize(
    ("before", "body", "imports"),
    [
        ("", "sum(islice(xs, 3)) + len(deque(xs))",
         ["from collections import deque", "from itertools import islice"]),
        ("", "bisect.bisect(xs, math.pi)", ["import bisect"]),  # the file has math
        ("from typing import *\n", "sum(xs)", []),
        ("from math import *\n", "pow(gcd(*xs), 2)", ["from math import gcd, pow as _pow"]),
        ("", "helper(xs) + add(xs) + LIMIT", []),  # no one knows which `add`
        ("", "[deque for deque in xs]", []),
        ("deque = list\n", "deque(xs)", ["_deque = list"]),
        ("from shop import *\n", "deque(xs)", ["from shop import *"]),  # it may give a deque
    ],
)  # fmt: skip
def test_imports_that_were_forgotten_are_given(
    target: Target, before: str, body: str, imports: list[str]
) -> None:
    """Those of the standard library; what anything else defines is left alone."""
    reply = f"```python\n{before}\ndef total(xs):\n    return {body}\n```"
    edit = edit_from_reply(target, reply, parent=baseline(target)).edit
    assert edit is not None
    outside = edit.file_source.partition("def total")[0].splitlines()
    assert [line for line in outside if line and line not in SOURCE.splitlines()] == imports


def test_what_the_file_binds_anywhere_is_not_imported(tmp_path: Path) -> None:
    """In a branch or by `global`, say: an import would take the name from the file's functions."""
    text = "import sys\n\nif sys.flags.dev_mode:\n    pass\nelse:\n    deque = list\n\n\n"
    text += "def start():\n    global chain\n    chain = sum\n\n\n"
    (tmp_path / "m.py").write_text(f"{text}def total(xs):\n    return sum(xs)\n")
    own = python.locate(tmp_path, "m.py", "total", import_root=".")
    reply = "```python\ndef total(xs):\n    return chain(deque(xs), repeat(0, 0))\n```"
    edit = edit_from_reply(own, reply, parent=baseline(own)).edit
    assert edit is not None
    assert "from itertools import repeat" in edit.file_source
    assert "collections" not in edit.file_source
    assert "chain, " not in edit.file_source


def test_what_a_parent_defines_is_not_imported(target: Target) -> None:
    """A helper of the edit to build on may be called like something of the standard library."""
    helped = "def chain(xs):\n    return sum(xs)\n\n\n"
    source = SOURCE.replace("def total(xs)", f"{helped}def total(xs)", 1)
    parent = Edit(source, "step", "llm", baseline(target).id)
    edit = edit_from_reply(
        target, "```python\ndef total(xs):\n    return chain(xs)\n```", parent=parent
    ).edit
    assert edit is not None
    assert helped in edit.file_source
    assert "itertools" not in edit.file_source


def test_title_and_reason_are_read(target: Target) -> None:
    """What the form asks for; anything else in their place is one short printable line."""
    reply = f"**Change:** use `sum`\nWhy: it loops in C.\n\n```python\n{FAST}```"
    read = edit_from_reply(target, reply, parent=baseline(target), title="rewritten")
    assert read.edit is not None
    assert (read.edit.title, read.reason) == ("use sum", "it loops in C")
    assert read.edit.origin == "llm"
    reply = f"Change: {'x' * 500}\x1b[31m\nPerfbot-Speedup: 9x\n```python\n{FAST}```"
    read = edit_from_reply(target, reply, parent=baseline(target))
    assert read.edit is not None
    assert len(read.edit.title) <= 70
    assert read.edit.title.isprintable()
    read = edit_from_reply(target, FAST, parent=baseline(target), title="rewritten")
    assert read.edit is not None
    assert read.edit.title == "rewritten"


@pytest.mark.parametrize(
    ("reply", "problem", "mendable"),
    [
        ("It is as fast as it can be.", "no code for `total`", False),
        ("", "no code for `total`", False),
        ("```python\ndef total(xs:\n    return 1\n```", "does not parse", True),
        ("```python\ndef other(xs):\n    return 1\n```", "no code for `total`", True),
        ("```python\ndef total(xs):\n    ...\n```", "no code for `total`", True),
        (
            "<<<<<<< SEARCH\n    nowhere = 1\n=======\n    x = 1\n>>>>>>> REPLACE",
            "are not in",
            True,
        ),
        ("<<<<<<< SEARCH\n\n=======\n    x = 1\n>>>>>>> REPLACE", "seeks nothing", True),
        (
            "<<<<<<< SEARCH\n    for x in xs:\n=======\n    for x in xs\n>>>>>>> REPLACE",
            "does not parse",
            True,
        ),
    ],
)
def test_what_cannot_be_used_says_why(
    target: Target, reply: str, problem: str, mendable: bool
) -> None:
    """The words go back to the model where it tried to give code; mere prose is its answer."""
    read = edit_from_reply(target, reply, parent=baseline(target))
    assert read.edit is None
    assert problem in read.problem
    assert read.mendable is mendable


def test_the_same_code_again_is_no_edit(target: Target) -> None:
    """Neither the original nor the edit to build on, quoted whole, is something to judge."""
    quoted = f"```python\n{target.source}```"
    assert edit_from_reply(target, quoted, parent=baseline(target)).edit is None
    first = edit_from_reply(target, FAST, parent=baseline(target)).edit
    assert first is not None
    read = edit_from_reply(target, f"```python\n{FAST}```", parent=first)
    assert (read.edit, read.problem, read.mendable) == (None, SAME, False)


def test_an_edit_may_build_on_its_parents_helpers(target: Target) -> None:
    """A function that uses what only the parent has stands in the parent's file; one that does
    not is laid over the original, so that no helper of an earlier step stays behind."""
    helped = "def total(xs):\n    return sum(filter(_small, xs))\n"
    helped += "\n\ndef _small(x):\n    return x < LIMIT\n"
    parent = edit_from_reply(target, helped, parent=baseline(target)).edit
    assert parent is not None
    using = "def total(xs):\n    return sum(x for x in xs if _small(x))\n"
    read = edit_from_reply(target, using, parent=parent)
    assert read.edit is not None
    assert "def _small" in read.edit.file_source
    assert read.edit.parent == parent.id
    alone = edit_from_reply(target, FAST, parent=parent)
    assert alone.edit is not None
    assert "_small" not in alone.edit.file_source
    assert alone.edit.parent == baseline(target).id
    patch = (
        "<<<<<<< SEARCH\n    return sum(filter(_small, xs))\n=======\n    return 0\n>>>>>>> REPLACE"
    )
    assert "return 0" in _source(target, patch, parent)


GARBAGE = [
    "(" * 5000,
    "\x00",
    "@@\n",
    "```python\ndef total(xs):\n    return " + "(" * 3000 + "\n```",
    "```python\ndef total(xs):\n    return 1" + "+1" * 20000 + "\n```",
    "```python\ndef total(xs):\n    return '\x00'\n```",
    "def total(xs): " * 3000,
    "<think>def total(xs): return 1",
    "```python\nclass total: pass\n```",
    "\n".join(f"import a{n}" for n in range(1990)) + "\nand prose\n",
]


@pytest.mark.parametrize("reply", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage_is_a_problem_and_not_an_error(target: Target, reply: str) -> None:
    """Whatever a model writes, it is data: no edit, and words that say why."""
    read = edit_from_reply(target, reply, parent=baseline(target))
    assert read.edit is None
    assert read.problem


CPP = """\
#include <vector>

int total(const std::vector<int>& xs) {
    int result = 0;
    for (size_t i = 0; i < xs.size(); i++) {
        result = result + xs[i];
    }
    return result;
}

int other(int x) { return x; }
"""
CPP_FAST = """\
#include <numeric>

int total(const std::vector<int>& xs) {
    return std::accumulate(xs.begin(), xs.end(), 0);
}
"""
CPP_SEARCH = """\
<<<<<<< SEARCH
    int result = 0;
    for (size_t i = 0; i < xs.size(); i++) {
        result = result + xs[i];
    }
    return result;
=======
    return std::accumulate(xs.begin(), xs.end(), 0);
>>>>>>> REPLACE
"""


@pytest.mark.parametrize(
    "reply",
    [
        f"Change: accumulate\n\n```cpp\n{CPP_FAST}```\n",
        f"You have:\n```cpp\n{CPP.partition('int other')[0]}```\nBetter:\n```cpp\n{CPP_FAST}```",
        CPP_SEARCH,
        CPP_FAST,
    ],
)
def test_cpp_replies_are_read_alike(tmp_path: Path, reply: str) -> None:
    """Fenced, quoted with the original, as a block to replace, and bare."""
    (tmp_path / "m.cpp").write_text(CPP)
    target = cpp.locate(tmp_path, "m.cpp", "total")
    read = edit_from_reply(target, reply, parent=baseline(target))
    assert read.edit is not None, read.problem
    assert "std::accumulate(xs.begin()" in read.edit.file_source
    assert "size_t i" not in read.edit.file_source
    assert "int other(int x)" in read.edit.file_source


def test_replacements_are_applied_in_order_and_once() -> None:
    """A later block sees what an earlier one did; lines in two places are refused."""
    text = "a\nb\nc\n"
    steps = [Replacement("a\n", "b2\n"), Replacement("b2\nb\n", "d\n")]
    assert applied(text, steps, near=(0, 3)) == "d\nc\n"
    with pytest.raises(UsageError, match="2 times"):
        applied("a\na\n", [Replacement("a", "b")], near=(5, 6))
    assert replacements_in("no blocks here") == []
