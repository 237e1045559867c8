"""Candidates in every form become edits that change nothing but the function."""

import ast
import csv
import textwrap
from pathlib import Path
from types import ModuleType

import pytest

from perfbot.sandbox.edit import Edit
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


def new_source(made: Edit, qualname: str = "f") -> str:
    """The target's source in an edit."""
    return target(qualname, made.file_source).source


def run(made: Edit, call: str) -> object:
    """The value of a call in the edited module."""
    space: dict[str, object] = {"__name__": "m"}
    exec(compile(made.file_source.encode(), "m.py", "exec"), space)
    return eval(call, space)


HEADER = FILE[FILE.index("@staticmethod") : FILE.index("    # old")]


def test_header_and_docstring_stay() -> None:
    """Decorators, annotations, defaults, comment and docstring are the original's."""
    made = edit(
        "def f(items, k=5, *rest, flag=None):\n  '''Other.'''\n  if k:\n    return 1\n  return 0\n"
    )
    assert new_source(made) == HEADER + "    if k:\n        return 1\n    return 0"
    assert any("docstring" in note for note in made.notes)
    assert any("decorators" in note for note in made.notes)
    assert any("defaults" in note for note in made.notes)


def test_equal_text_gives_the_original_bytes() -> None:
    """The function's own source is the empty edit, without a note."""
    made = edit(target().source)
    assert made.file_source == FILE
    assert made.notes == ()


def test_parameters_get_their_names_back() -> None:
    """Renamed parameters are renamed back in nested scopes, f-strings and own keyword calls."""
    made = edit(
        "def f(lst, n=2, *more, flag=False):\n"
        "    g = lambda lst: lst\n"
        "    if n == 0:\n        return f'{lst!r:>{n}}' + g(lst='k')\n"
        "    lst.k = lst\n"
        "    return [f(lst=lst, n=n - 1) for x in lst for lst in more]\n"
    )
    assert new_source(made) == HEADER + (
        "    g = lambda lst: lst\n"
        "    if k == 0:\n        return f'{items!r:>{k}}' + g(lst='k')\n"
        "    items.k = items\n"
        "    return [f(items=lst, k=k - 1) for x in items for lst in rest]"
    )
    assert "parameter `lst` renamed back to `items`" in made.notes


def test_a_parameter_that_hides_a_builtin() -> None:
    """Where the original's name hides a builtin the body uses, both keep their meaning."""
    made = edit("def m(self, xs):\n    return list(map(str, xs))\n", "A.m")
    assert new_source(made, "A.m") == (
        "def m(self, list):\n        xs = list\n        return _builtins.list(map(str, xs))"
    )
    assert run(made, "A().m((1, 2))") == ["1", "2"]


def test_a_local_named_as_the_original_parameter() -> None:
    """A local variable that has the original parameter's name does not meet it."""
    source = "def f(a, b):\n    return a + b\n"
    made = edit("def f(x, y):\n    a = x * 2\n    return x, y, a\n", source=source)
    assert run(made, "f(1, 5)") == (1, 5, 2)
    made = edit("def f(x, y):\n    return [(x, a) for a in y]\n", source=source)
    assert run(made, "f(1, [5])") == [(1, 5)]


def test_an_expression_that_prints_its_own_text() -> None:
    """A renamed parameter in `{x=}` still prints the candidate's name."""
    made = edit("def f(x):\n    return f'{x=}'\n", source="def f(a):\n    return a\n")
    assert run(made, "f(1)") == "x=1"


@pytest.mark.parametrize(
    "header",
    [
        "def f(items, k=2, *rest):",
        "def f(items, *rest, flag=False):",
        "def f(items, k, more, *rest, flag=False):",
        "def f(k, items, *rest, flag=False):",
        "def f(items, /, k=2, *rest, flag=False):",
        "def f(items, k=2, *, flag=False):",
        "def f(items, k=2, *rest, other=False):",
        "def f(items, k=2, *rest, flag=False, **more):",
    ],
)
def test_other_parameters_are_refused(header: str) -> None:
    """Added, removed, reordered or changed parameters stay in the edit, and scope refuses."""
    assert "parameters" in refused(f"{header}\n    return 1\n")


def test_a_hidden_global_is_refused() -> None:
    """A parameter that would hide a function of the module leaves the text as it was given."""
    source = "def size(x):\n    return 1\n\n\ndef f(size):\n    return 2\n"
    assert "parameters" in refused("def f(x):\n    return size(x)\n", source=source)


def test_imports_find_their_place() -> None:
    """New imports go to the top, sorted in; known and unused ones do not."""
    made = edit(
        "import bisect, math\nfrom typing import List\nfrom heapq import merge, heappush as push\n"
        "import numpy as np\n"
        "def f(items, k=2, *rest, flag=False):\n"
        "    return bisect.bisect(items, math.pi), push, np\n"
    )
    assert (
        "annotations\n\nimport bisect\nimport math\nfrom heapq import heappush as push\n"
        "import numpy as np\n\nLIMIT"
    ) in made.file_source
    assert any("`List` dropped" in note for note in made.notes)


@pytest.mark.parametrize(
    "opening, expected",
    [
        ("", "import math\n\n\ndef f"),
        ('"""Doc."""\n', '"""Doc."""\nimport math\n\n\ndef f'),
        ("#!/bin/python\n# (c)\n\n", "#!/bin/python\n# (c)\n\nimport math\n\n\ndef f"),
        ("from __future__ import annotations\n\n", "annotations\n\nimport math\n\n\ndef f"),
        ("import zlib  # z\n\n", "import math\nimport zlib  # z\n\ndef f"),
        ("\ufeff", "\ufeffimport math\n\n\ndef f"),
        ("# about f\n", "import math\n\n\n# about f\ndef f"),
        ("#!/bin/python\n", "#!/bin/python\nimport math\n\n\ndef f"),
        ("#!/bin/python\n# coding: utf-8\n# x\n", "utf-8\nimport math\n\n\n# x\ndef f"),
        ("# (c)\n\n# about f\n", "# (c)\n\nimport math\n\n\n# about f\ndef f"),
        ("\ufeff# about f\n", "\ufeffimport math\n\n\n# about f\ndef f"),
    ],
)
def test_first_import(opening: str, expected: str) -> None:
    """The first import comes after docstring, __future__ and opening comments."""
    source = f"{opening}def f(x):\n    return x\n"
    made = edit("import math\ndef f(x):\n    return math.sqrt(x)\n", source=source)
    assert expected in made.file_source


def test_imports_under_taken_names() -> None:
    """An import whose name means something else in the file, or is a builtin, gets an alias."""
    made = edit(
        "from math import pow, floor as LIMIT\nfrom numpy import math\n"
        "def f(items, k=2, *rest, flag=False):\n    return pow(1, 2), LIMIT(2), math\n"
    )
    assert "from math import pow as _pow, floor as _LIMIT\n" in made.file_source
    assert "from numpy import math as _math\n" in made.file_source
    assert "return _pow(1, 2), _LIMIT(2), _math" in made.file_source


def test_helpers_become_private() -> None:
    """Used helpers, classes and constants go before the target, private; unused ones go."""
    made = edit(
        "# the table\nTABLE = {1: 2}\nMORE: int = 3\n"
        "def helper(x):\n    return TABLE.get(x)\n"
        "class Node:\n    '''A\n  node.'''\n    def go(self):\n        return helper(MORE)\n"
        "def unused():\n    return f(1)\n"
        "def f(items, k=2, *rest, flag=False):\n    return Node().go()\n"
        "def test_f():\n    assert f([])\n"
    )
    assert (
        "# the table\n_TABLE = {1: 2}\n_MORE: int = 3\n\n\n"
        "def _helper(x):\n    return _TABLE.get(x)\n\n\n"
        "class _Node:\n    '''A\n  node.'''\n    def go(self):\n        return _helper(_MORE)\n\n\n"
        "# about f\n@staticmethod\n"
    ) in made.file_source
    assert "unused" not in made.file_source and "test_f" not in made.file_source
    assert "def helper(x):\n    return x + 1" in made.file_source


def test_what_the_module_has_is_used() -> None:
    """Repeated definitions that the module has are dropped, unless what they use differs."""
    same = "LIMIT = 3\ndef helper(x):\n    return x + 1\n"
    text = "def f(items, k=2, *rest, flag=False):\n    return helper(LIMIT)\n"
    assert edit(same + text).file_source == FILE.replace(
        "    # old\n    return helper(len(items))", "    return helper(LIMIT)"
    )
    source = "N = 1\nM = 1\nL = 1\n\n\ndef h():\n    return N\n\n\ndef f():\n    return h()\n"
    source += "\n\ndef other():\n    x = 1\n    return x\n"
    made = edit("N = 2\ndef h():\n    return N\ndef f():\n    return h() + 0\n", source=source)
    assert run(made, "(f(), h(), N)") == (2, 1, 1)


def test_example_code_is_dropped() -> None:
    """Calls, asserts and main blocks after the function are dropped, each with a note."""
    text = (
        "def f(items, k=2, *rest, flag=False):\n    return 1\n\n"
        "data = [1]\nprint(f(data))\nassert f(data)\nfor d in data:\n    print(d)\n"
        'if __name__ == "__main__":\n    f(1)\n'
    )
    made = edit(text)
    assert new_source(made) == HEADER + "    return 1"
    assert sum("dropped" in note for note in made.notes) == 5


@pytest.mark.parametrize(
    "text",
    [
        "import sys\nsys.setrecursionlimit(9)\nDEF",
        "DEFf.memo = {}\n",
        "DEFf = print(f)\n",
        "T = []\nT.append(1)\nDEF",
    ],
)
def test_what_is_no_example_stays(text: str) -> None:
    """Statements that could change what the function does stay, for scope to refuse."""
    text = text.replace("DEF", "def f(items, k=2, *rest, flag=False):\n    return 1\n")
    assert "module" in refused(text) or "not private" in refused(text)


METHODS = [
    "def m(self, list):\n    if list:\n        return 1\n    return '''a\n  b'''\n",
    "    def m(self, list):\n        if list:\n            return 1\n        return '''a\n  b'''\n",
    "class A:\n  def m(self, list):\n    if list:\n      return 1\n    return '''a\n  b'''\n",
    "\tdef m(self, list):\n\t\tif list:\n\t\t\treturn 1\n\t\treturn '''a\n  b'''\n",
    "def m(self, list):\n        if list:\n            return 1\n        return '''a\n  b'''\n",
    "class A:\n    def n(self): return 1\n    def m(self, list):\n        if list: \n"
    "            return 1\n        return '''a\n  b'''\n",
]


@pytest.mark.parametrize("text", METHODS)
def test_methods_in_any_indentation(text: str) -> None:
    """A method may come unindented, indented, in its class, with tabs; strings are not moved."""
    made = edit(text, "A.m")
    assert new_source(made, "A.m").replace("if list: \n", "if list:\n") == (
        "def m(self, list):\n        if list:\n            return 1\n        return '''a\n  b'''"
    )


@pytest.mark.parametrize("module", [csv, textwrap])
def test_real_functions_come_back_as_they_were(module: ModuleType) -> None:
    """Each function of a real module, cut out and handed in, is the empty edit."""
    source = Path(str(module.__file__)).read_bytes().decode()
    for name in dict.fromkeys(item.qualname for item in functions(source)):
        assert edit(target(name, source).source, name, source).file_source == source


def test_a_decorated_method_cut_out_at_its_decorator() -> None:
    """The first decorator may have lost the indentation that the rest still has."""
    source = "class A:\n    @staticmethod\n    @property\n    def m():\n        return 1\n"
    text = target("A.m", source).source
    assert text.startswith("@staticmethod\n    @property")
    assert edit(text, "A.m", source).file_source == source


def test_a_tabbed_file_stays_tabbed() -> None:
    """The body takes the target's tabs."""
    source = "class A:\n\tdef m(self):\n\t\treturn 1\n"
    made = edit("def m(self):\n    if self:\n        return 1\n    return 2\n", "A.m", source)
    assert made.file_source == (
        "class A:\n\tdef m(self):\n\t\tif self:\n\t\t\treturn 1\n\t\treturn 2\n"
    )


def test_uneven_indentation_keeps_its_meaning() -> None:
    """A body whose blocks are indented unevenly still says the same."""
    source = "def f(x):\n  return x\n"
    text = "def f(x):\n    if x:\n      if x > 1:\n        return 1\n      return 2\n    return 3\n"
    made = edit(text, source=source)
    assert [run(made, f"f({n})") for n in (0, 1, 2)] == [3, 2, 1]


@pytest.mark.parametrize("old", ["def f(x): return x\n", "def f(x):\n    return x\n"])
@pytest.mark.parametrize(
    "new", ["def f(x): return -x\n", "def f(x): y = x; return -y", "def f(x):\n    return -x"]
)
def test_functions_on_one_line(old: str, new: str) -> None:
    """Functions of one line, on either side, are put apart."""
    assert run(edit(new, source=old), "f(2)") == -2


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_the_rest_is_byte_exact(newline: str, mark: str) -> None:
    """Newlines, byte order mark, tabs and blanks around the target stay as they are."""
    before, after = "x = '\t ä'  \n\n\n", "\n\n\n\ny = 2\t\n# no newline at the end"
    source = f"{mark}{before}def f(x):\n    return x{after}".replace("\n", newline)
    made = edit("def f(y):\n    # why\n    z = '''\n'''\n    return y + z\n", source=source)
    assert made.file_source == (
        f"{mark}{before}def f(x):\n    # why\n    z = '''\n'''\n    return x + z{after}".replace(
            "\n", newline
        )
    )


def test_async_generators_and_recursion() -> None:
    """An async function stays async, a generator a generator, and recursion finds itself."""
    made = edit("async def f(y):\n    await y\n", source="async def f(x):\n    return x\n")
    assert "async def f(x):\n    await x" in made.file_source
    made = edit(
        "def f(t):\n    yield t\n    if t:\n        yield from f(t=t - 1)\n",
        source="def f(n):\n    yield n\n",
    )
    assert run(made, "list(f(2))") == [2, 1, 0]
    assert "async" in refused("async def f(x):\n    await x\n", source="def f(x):\n    return x\n")
    assert "generator" in refused("def f(x):\n    yield x\n", source="def f(x):\n    return x\n")


def test_new_members_of_the_class_stay() -> None:
    """A method that calls a new sibling brings it along, for scope to refuse."""
    text = (
        "class A:\n    def _h(self):\n        return 1\n\n"
        "    def m(self, list):\n        return self._h()\n"
    )
    assert "class" in refused(text, "A.m")


def test_title_and_origin() -> None:
    """Title and origin are the caller's."""
    made = edit_from(target(), target().source, title="set", origin="llm")
    assert (made.title, made.origin, made.parent) == ("set", "llm", None)
    assert ast.parse(made.file_source)
