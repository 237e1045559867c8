"""Patterns with holes, and what they fit."""

import pytest

from perfbot.agents.rules.cpp.pattern import Bound, expression, statements
from perfbot.sandbox.languages.cpp_tree import text_of


def texts(bound: Bound | None) -> dict[str, str] | None:
    """What the holes of a match stand for, as texts."""
    if bound is None:
        return None
    return {name: " ".join(text_of(node) for node in nodes) for name, nodes in bound.items()}


FITTING = [
    ("$a + $b", "x + f(y)", {"$a": "x", "$b": "f(y)"}),
    ("$a + $a", "(x) + x", {"$a": "x"}),
    ("$a < $b", "x > y", {"$a": "y", "$b": "x"}),
    ("$x == 0", "0 == n", {"$x": "n"}),
    ("$x == 0", "n == 0u", {"$x": "n"}),
    ("std::find($v.begin(), $v.end(), $x)", "find(a.begin(), a.end(), 3)", {"$v": "a", "$x": "3"}),
]


@pytest.mark.parametrize(("pattern", "text", "expected"), FITTING)
def test_expressions_fit(pattern: str, text: str, expected: dict[str, str]) -> None:
    """Parentheses, the side of a comparison, `std::` and suffixes do not matter."""
    assert texts(expression(pattern).match(expression(text).nodes[0])) == expected


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("$a + $a", "x + y"),
        ("$a - $b", "a + b"),
        ("$a < $b", "a <= b"),
        ("$x == 0", "n == 1"),
        ("std::find($v)", "mine::find(v)"),
        ("$v.size()", "v->size"),
    ],
)
def test_other_expressions_do_not_fit(pattern: str, text: str) -> None:
    """A hole stands for one text only, and operators and names are what they are."""
    assert not expression(pattern).fits(expression(text).nodes[0])


LOOP = "for ($T $i = 0; $i < $n; ++$i) if ($c) ++$sum;"


@pytest.mark.parametrize(
    "text",
    [
        "for (int i = 0; i < n; i++) { if (ok) { sum += 1; } }",
        "for (std::size_t i{0}; n > i; i += 1) if (ok) sum++;",
        "for (const int i(0); (i < n); ++i) /* why */ { if ((ok)) ++sum; /* so */ }",
    ],
)
def test_layout_of_loops_does_not_matter(text: str) -> None:
    """Braces around one statement, comments, `const`, and how 1 is added are all the same."""
    found = texts(statements(LOOP).match(statements(text).nodes[0]))
    assert found is not None
    assert {name: found[name] for name in ("$i", "$n", "$c", "$sum")} == {
        "$i": "i",
        "$n": "n",
        "$c": "ok",
        "$sum": "sum",
    }


def test_an_else_is_not_overlooked() -> None:
    """A pattern without an `else` does not fit a statement with one."""
    branch = statements("if (a) ++b; else ++c;").nodes[0]
    assert not statements("if ($a) ++$b;").fits(branch)
    assert statements("if ($a) ++$b; else ++$c;").fits(branch)


def test_runs_of_statements() -> None:
    """Several statements fit one after the other; the last one is told."""
    nodes = statements("int t = a; a = b; /* then */ b = t; done();").nodes
    found = statements("$T $t = $a; $a = $b; $b = $t;").match_run(nodes[0])
    assert found is not None
    assert (texts(found[0]) or {})["$t"] == "t" and text_of(found[1]) == "b = t;"
    assert statements("$T $t = $a; $a = $b; $c = $t; $d = $t;").match_run(nodes[0]) is None


def test_any_number_of_statements() -> None:
    """A hole with two signs stands for none, one or many statements."""
    pattern = statements("while ($c) { ++$n; $$rest; }")
    for text, rest in (("++k;", ""), ("++k; a(); b();", "a(); b();")):
        found = texts(pattern.match(statements(f"while (x) {{ {text} }}").nodes[0]))
        if rest:
            assert found is not None and found["$$rest"] == rest


def test_a_wrong_pattern_is_said() -> None:
    """A pattern that is no C++ is a mistake of whoever wrote the rule."""
    with pytest.raises(ValueError, match="no statements"):
        statements("for (;;")
