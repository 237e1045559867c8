"""Mutants: which faults are planted, where they must not be, and that each is a fault."""

import ast
from collections import Counter
from pathlib import Path

import pytest

from perfbot.sandbox.mutation import mutants
from perfbot.sandbox.target import Target


def target_in(file_source: str, name: str) -> Target:
    """The target for the function `name` in a file's text."""
    for node in ast.walk(ast.parse(file_source)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == name:
            lines = file_source.encode().split(b"\n")
            starts = [sum(len(line) + 1 for line in lines[:at]) for at in range(len(lines) + 1)]
            assert node.end_lineno and node.end_col_offset
            return Target(
                root=Path("/project"),
                path="module.py",
                qualname=name,
                module="module",
                import_root=".",
                file_source=file_source,
                start_byte=starts[node.lineno - 1] + node.col_offset,
                end_byte=starts[node.end_lineno - 1] + node.end_col_offset,
                start_line=node.lineno,
                end_line=node.end_lineno,
                kind="function",
                is_async=False,
                is_generator=False,
            )
    raise AssertionError(f"no {name}")


def changes(body: str, limit: int = 1000) -> set[tuple[str, str]]:
    """(operator, text after) of all mutants of a function with this body."""
    source = "def f(a, b, xs, d):\n" + "".join(f"    {line}\n" for line in body.split("\n"))
    return {(item.operator, item.after) for item in mutants(target_in(source, "f"), limit=limit)}


@pytest.mark.parametrize(
    ("body", "operator", "after"),
    [
        ("return a + b", "arithmetic", "return a - b"),
        ("return a // b", "arithmetic", "return a * b"),
        ("return a < b", "comparison boundary", "return a <= b"),
        ("return a <= b", "comparison boundary", "return a < b"),
        ("return a < b", "comparison negated", "return a >= b"),
        ("return a == b", "comparison negated", "return a != b"),
        ("return a in xs", "comparison negated", "return a not in xs"),
        ("return a  not   in xs", "comparison negated", "return a  in xs"),
        ("return a is not b", "comparison negated", "return a is b"),
        ("return a and b", "and/or", "return a or b"),
        ("return not a", "remove not", "return  a"),
        ("return -a", "remove unary", "return a"),
        ("return 7", "constant", "return 8"),
        ("return 7", "constant", "return 6"),
        ("return 'x'", "constant", 'return ""'),
        ("return True", "constant", "return False"),
        ("for x in xs:\n    break", "break/continue", "continue"),
        ("for x in xs:\n    print(x)", "empty loop", "for x in ():"),
        ("while a:\n    a -= 1", "augmented assignment", "a += 1"),
        ("while a:\n    a -= 1", "augmented assignment", "a = 1"),
        ("xs.append(a)", "remove statement", "pass"),
        ("return a", "return None", "return None"),
        ("if a:\n    return b", "condition", "if not (a):"),
        ("if a:\n    return b", "condition", "if True:"),
        ("if a:\n    return b\nelse:\n    xs.clear()", "drop else", "pass"),
        ("return xs[a:b]", "slice bound", "return xs[a:]"),
        ("return xs[a:b]", "slice bound", "return xs[a:(b) + 1]"),
        ("return xs[:b]", "slice bound", "return xs[1:b]"),
        ("return min(xs)", "min/max", "return max(xs)"),
        ("return any(xs)", "any/all", "return all(xs)"),
        ("return range(a)", "range bound", "return range((a) - 1)"),
        ("return sorted(xs)", "sort order", "return sorted(xs, reverse=True)"),
        ("return sorted(x for x in xs)", "sort order", None),
        ("xs.sort()", "sort order", "xs.sort(reverse=True)"),
        ("raise ValueError('no')", "exception type", "raise TypeError('no')"),
        ("return d.get(a, b)", "drop default", "return d.get(a)"),
        ("return [x for x in xs if x]", "condition", "return [x for x in xs if True]"),
        ("return (a  # or * or +\n    + b)", "arithmetic", "- b)"),
    ],
)
def test_operator_plants_its_fault(body: str, operator: str, after: str | None) -> None:
    """Each operator makes the text it promises."""
    made = changes(body)
    assert any(name == operator and after in (None, text) for name, text in made), made


@pytest.mark.parametrize(
    "body",
    [
        '"""Docstring 5."""',
        "pass",
        "assert a > 3, 'no'",
        "import os",
        "logger.info('x %d', a + 1)",
        "x: int",
        "if TYPE_CHECKING:\n    a = 5",
        "return None",
    ],
)
def test_what_is_no_work_has_no_mutants(body: str) -> None:
    """Docstrings, asserts, imports, logging and annotations are left alone."""
    assert changes(body) == set()


def test_messages_and_annotations_stay() -> None:
    """An exception's message, an annotation and a default in the header are not mutated."""
    source = "def f(a: 'x' = 5) -> 'y':\n    b: 'z' = a\n    raise KeyError('m', 1 + 2)\n"
    made = {(item.operator, item.after) for item in mutants(target_in(source, "f"))}
    assert made == {("exception type", "raise RuntimeError('m', 1 + 2)")}


METHOD = '''
GAP = 5


class Shelf:
    @property
    def best(self, xs: list, k: int = 3) -> int:
        """Der größte Wert, höchstens 5."""
        top = -1  # é + 1
        for at, x in enumerate(xs):
            if x < k and x > top:
                top = max(top, x * 2)
            elif x == 9:
                break
            else:
                top += at
        return top

    def other(self):
        return 1 + 1
'''


def test_only_the_targets_body_changes() -> None:
    """Everything outside a method's body stays byte for byte, and every mutant parses."""
    target = target_in(METHOD, "best")
    data = METHOD.encode()
    made = mutants(target, limit=1000)
    assert len(made) >= 25
    for mutant in made:
        ast.parse(mutant.file_source)
        assert mutant.file_source.encode().startswith(data[: data.index(b"top = -1")])
        assert mutant.file_source.encode().endswith(data[target.end_byte :])
        assert mutant.file_source != METHOD
        assert METHOD.split("\n")[mutant.line - 1].strip() in mutant.before


def test_no_two_mutants_are_the_same_program() -> None:
    """Mutants differ in bytecode from the original and from each other."""
    made = mutants(target_in("def f(x):\n    return x[0:] or x[:]\n", "f"), limit=1000)
    codes = [compile(item.file_source, "f", "exec").co_consts[0].co_code for item in made]
    texts = [item.file_source for item in made]
    assert len(set(texts)) == len(texts)
    assert len(codes) == len(made) > 4


def test_equal_bytecode_is_dropped() -> None:
    """A change that the compiler undoes is no mutant: `while False` of a loop on a constant 0."""
    made = mutants(target_in("def f(x):\n    while 0:\n        x = 1\n    return x\n", "f"))
    assert ("empty loop", "while False:") not in {(item.operator, item.after) for item in made}


def test_sample_is_spread_over_lines_and_operators() -> None:
    """A small sample touches most lines rather than one line many times."""
    made = mutants(target_in(METHOD, "best"), limit=9)
    lines = Counter(item.line for item in made)
    operators = Counter(item.operator for item in made)
    assert len(made) == 9
    assert max(lines.values()) <= 2
    assert max(operators.values()) <= 2


def test_seed_decides() -> None:
    """Equal seeds give equal mutants; another seed another sample."""
    target = target_in(METHOD, "best")
    assert mutants(target, limit=12, seed=4) == mutants(target, limit=12, seed=4)
    assert mutants(target, limit=12, seed=4) != mutants(target, limit=12, seed=5)


def test_nonlocal_of_an_outer_scope() -> None:
    """A target that does not compile by itself is mutated all the same."""
    source = (
        "def g():\n    n = 0\n    def f():\n        nonlocal n\n        n = n + 1\n    return f\n"
    )
    assert any("n - 1" in item.after for item in mutants(target_in(source, "f")))


def test_span_without_a_function_is_refused() -> None:
    """A span that holds no function is an error, not an empty answer."""
    from dataclasses import replace

    broken = replace(target_in("def f():\n    return 1\n", "f"), file_source="x = 1\n", end_byte=5)
    with pytest.raises(ValueError, match="no function"):
        mutants(broken)
