"""Which Python texts are the same code: only what runs as the same instructions."""

import sys
from pathlib import Path

import pytest

from perfbot.sandbox.cpp import language as cpp
from perfbot.sandbox.fingerprint import python_key
from perfbot.sandbox.project import Project

ORIGINAL = '''\
import math

LIMIT = 2 * 3


def area(sizes, *, scale=1.0):
    """The areas."""
    found = []
    for size in sizes:
        if size in {1, 2}:
            found.append(math.pi * size * scale * (60 * 60))
    return found
'''
SETLESS = ORIGINAL.replace("{1, 2}", "(1, 2)")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("    found = []", "    found  =  []  # a list\n"),
        ("found", "result"),
        ("    found = []", "    found: list = []"),
        ("60 * 60", "3600"),
        ("if size in (1, 2):", "if (size\n                in (1, 2)):"),
    ],
)
def test_written_otherwise_is_the_same_code(before: str, after: str) -> None:
    """Layout, comments, names of local variables, their annotations and folded constants."""
    assert before in SETLESS
    assert python_key(SETLESS) == python_key(SETLESS.replace(before, after))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("sizes", "values"),  # a caller may name it
        ("scale=1.0", "scale=1"),
        ("scale=1.0", "scale: float = 1.0"),  # a caller may read it
        ('"""The areas."""', '"""Areas."""'),
        ("LIMIT", "_LIMIT"),
        ("60 * 60", "3600.0"),
        ("math.pi * size", "size * math.pi"),
        ("found = []", "found = list()"),
        ("(1, 2)", "(2, 1)"),
        ("(1, 2)", "(True, 2)"),
        ("(1, 2)", "[1, 3]"),
        ("math.pi", "math.e"),
        ("return found", "return [*found]"),
    ],
)
def test_other_instructions_are_other_code(before: str, after: str) -> None:
    """Also where Python says that the constants are equal, or the answers would be the same."""
    assert before in SETLESS
    assert python_key(SETLESS) != python_key(SETLESS.replace(before, after))


@pytest.mark.parametrize("look", ["locals()", "vars()", "eval('x')", "sys._getframe().f_locals"])
def test_names_count_where_they_are_looked_at(look: str) -> None:
    """`locals()` makes a variable's name part of what the code does."""
    plain = "import sys\ndef f(a):\n    x = a\n    return x, LOOK\n"
    with_it = plain.replace("LOOK", look)
    assert python_key(with_it) != python_key(
        with_it.replace("x = a\n    return x", "y = a\n    return y")
    )
    assert python_key(plain) == python_key(
        plain.replace("x = a\n    return x", "y = a\n    return y")
    )


def test_names_count_in_a_class() -> None:
    """A class's variables are looked up by name, by callers too."""
    text = "class A:\n    size = 1\n"
    assert python_key(text) != python_key(text.replace("size", "width"))


def test_the_order_of_a_set_constant_counts() -> None:
    """Bytecode has lost it; a loop over the set may still go by it."""
    assert python_key(ORIGINAL) != python_key(ORIGINAL.replace("{1, 2}", "{2, 1}"))
    assert python_key(ORIGINAL) == python_key(ORIGINAL.replace("{1, 2}", "{1,  2}"))


def test_another_interpreter_compares_trees() -> None:
    """Its bytecode is not known here: only layout and comments do not count."""
    key = python_key(SETLESS, same_python=False)
    assert key == python_key(SETLESS.replace("found = []", "found=[]  # x"), same_python=False)
    assert key != python_key(SETLESS.replace("found", "result"), same_python=False)


def test_what_does_not_compile_is_known_by_its_text() -> None:
    """No two such texts are taken for one another."""
    assert python_key("def f(:\n") != python_key("def f(: \n")
    assert python_key("return 1") != python_key("return  1")
    assert python_key("x = '\\0'\0") != python_key("x = 1\0")


def test_text_made_to_fill_the_memory_is_not_compiled() -> None:
    """A compiler copies a `finally` for each exit: such a text is compared as a tree, in which the
    name of a variable counts."""
    loop = "def f(xs):\n    for x in xs:\n        try:\n"
    late = "        finally:\n"
    copied = "            break\n" * 4000 + late + "            y = x\n" * 4000
    nested = "            g()\n" + late
    for depth in range(12, 26):
        pad = " " * depth
        nested += f"{pad}try:\n{pad} g()\n{pad}finally:\n"
    nested += " " * 26 + "y = x\n"
    for text in (loop + copied, loop + nested):
        assert python_key(text) == python_key(text.replace("y = x", "y  =  x"))
        assert python_key(text) != python_key(text.replace("y = x", "z = x"))
    few = loop + "            break\n" + late + "            y = x\n"
    assert python_key(few) == python_key(few.replace("y = x", "z = x"))


def test_cpp_is_known_by_its_tokens(tmp_path: Path) -> None:
    """Layout and comments do not count; a name does, and so does a type."""
    project = Project(tmp_path, Path(sys.executable))
    text = "int f(int n) { return n + 1; }\n"
    key = cpp.code_key(project, text)
    assert key == cpp.code_key(project, "int f(int n)\n{\n  return n + 1;  // next\n}\n")
    assert key != cpp.code_key(project, text.replace("n", "m"))
    assert key != cpp.code_key(project, text.replace("int n", "long n"))
