"""Strategies of argument lists: literals, signatures, sizes, aliasing, determinism."""

import subprocess
import sys
from collections.abc import Callable

import pytest
from hypothesis import settings

from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.strategy import build, literals_new_in, samples, signature_of
from tests.drawing import MATRICES, drawn, many, share


@pytest.mark.parametrize(
    ("header", "literal", "holds"),
    [
        ("def f(x: int): pass", 7919, lambda x: x == 7919),
        ("def f(x: int): pass", 7919, lambda x: x == 7918),
        ("def f(x: list[int]): pass", 7919, lambda x: 7919 in x),
        ("def f(x: list[int]): pass", 41, lambda x: len(x) == 41),
        ("def f(x: str): pass", "zebra", lambda x: x == "zebra"),
        ("def f(x: str): pass", "zebra", lambda x: "zebra" in x and x != "zebra"),
        ("def f(x: dict[str, int]): pass", "zebra", lambda x: "zebra" in x),
        ("def f(x: float): pass", 0.1875, lambda x: x == 0.1875),
        ("def f(x: bytes): pass", b"\x89PNG", lambda x: x == b"\x89PNG"),
        (
            "def f(x: dict[str, list[int]]): pass",
            7919,
            lambda x: any(7919 in v for v in x.values()),
        ),
    ],
)
def test_new_literals_are_fed_in(
    header: str, literal: object, holds: Callable[[object], bool]
) -> None:
    """A constant that an edit brings reaches the place its type fits, within 200 draws."""
    made = drawn(build(signature_of(header), literals=[literal]), 200)
    assert any(holds(value.args[0]) for value in made if value.args)  # type: ignore[attr-defined]
    without = drawn(build(signature_of(header)), 200)
    odd = literal if not isinstance(literal, int) or literal > 1000 else None
    assert odd is None or not any(holds(v.args[0]) for v in without if v.args)  # type: ignore[attr-defined]


def test_new_literals_reach_unannotated_parameters() -> None:
    """Observation alone is enough for a literal to be fed in."""
    made = many("def f(xs): pass", ([1, 2],), ([3],), ([4, 4, 5],), count=200, literals=[7919])
    assert any(7919 in args[0] for args in made)  # type: ignore[operator]


def test_literals_new_in_an_edit() -> None:
    """Constants that only the edit has; docstrings and bools are none, -5 is one of its own."""
    new = literals_new_in(
        "def f(x):\n    return x + 1\n",
        'def f(x):\n    """Fast."""\n    if x == -5 or x in ("a", 1.0): return 2\n    return 1\n',
    )
    assert set(map(repr, new)) == {"5", "-5", "'a'", "1.0", "2"}


def test_signature_round_trip() -> None:
    """Every kind of parameter is read; binding and calling again give the same argument list."""
    signature = signature_of(
        "    @decorated\n    def f(self, a, /, b: int = 1, *rest: int, c, d=None, **more): pass\n"
    )
    kinds = [(item.name, item.kind, item.required) for item in signature.parameters]
    assert kinds == [
        ("self", "positional-only", True),
        ("a", "positional-only", True),
        ("b", "positional-or-keyword", False),
        ("rest", "variadic", False),
        ("c", "keyword-only", True),
        ("d", "keyword-only", False),
        ("more", "keywords", False),
    ]
    call = Arguments((0, 1, 2, 3, 4), {"c": 5, "z": 6})
    bound = signature.bind(call)
    assert bound == {"self": 0, "a": 1, "b": 2, "rest": (3, 4), "c": 5, "more": {"z": 6}}
    assert signature.call(bound) == call
    assert signature.bind(Arguments((0, 1))) is None
    assert signature_of("def f(cls, x): pass", skip_first=True).parameters[0].name == "x"


def test_every_drawn_call_fits_the_signature() -> None:
    """Omitted defaults, keywords and variadic parts never make a call that cannot be made."""
    signature = signature_of(
        "def f(a: int, b: str = 'x', *rest: int, c: float, d: bool = False, **more: int): pass"
    )
    made = samples(signature, count=400)
    bound = [signature.bind(item) for item in made]
    assert all(item is not None for item in bound)
    given = [set(item or ()) for item in bound]
    for name in ("b", "rest", "d", "more"):
        assert any(name in names for names in given) and any(name not in names for names in given)
    assert any(type(item.kwargs.get("a")) is int for item in made)


def test_unknown_parameters() -> None:
    """A required parameter of which nothing is known gives no strategy; an optional is omitted."""
    assert build(signature_of("def f(x): pass")) is None
    assert samples(signature_of("def f(x): pass"), count=5) == ()
    made = samples(signature_of("def f(x: int, key: Callable = None): pass"), count=50)
    assert any("key" not in item.kwargs and len(item.args) == 1 for item in made)
    assert many("def f(x, n=3): pass", ([1],), ([2, 3],))


def test_no_accidental_aliasing() -> None:
    """Distinct places hold distinct objects, save for the few draws that alias on purpose."""

    def aliased(args: tuple[list[list[int]], list[list[int]]]) -> bool:
        rows = [id(row) for matrix in args for row in matrix]
        return args[0] is args[1] or len(set(rows)) < len(rows)

    header = "def f(a: list[list[int]], b: list[list[int]]): pass"
    row = [1, 2]
    made = many(header, ([row, row], [row]), ([[3]], [row, [4]]), count=500)
    assert 0.005 < share(made, aliased) < 0.2


def test_observed_values_are_never_handed_out_themselves() -> None:
    """A draw shares no mutable part with an observed input."""
    inner = [1, 2, 3]
    made = many("def f(a): pass", ([inner, inner],), ([inner],), ([[4], inner],))
    assert not any(row is inner for args in made for row in args[0])  # type: ignore[attr-defined]


def test_sizes() -> None:
    """Empty and single ones are drawn, large ones too, none above `max_size`."""
    sizes = [len(args[0]) for args in many("def f(x: list[int]): pass", count=600, max_size=40)]  # type: ignore[arg-type]
    assert {0, 1, 2} <= set(sizes)
    assert 20 < max(sizes) <= 40
    assert sorted(sizes)[len(sizes) // 2] < 12


def test_max_int() -> None:
    """Int arguments respect `max_int`; ints inside lists do not run loops and need not."""
    made = many("def f(n: int, xs: list[int]): pass", count=600, max_int=50)
    assert all(abs(args[0]) <= 50 for args in made)  # type: ignore[arg-type]
    assert any(abs(x) > 50 for args in made for x in args[1])  # type: ignore[attr-defined]


def test_break_percent() -> None:
    """Without breaking, every draw keeps the relations; with 100, many draws do not."""
    kept = many("def f(m): pass", *MATRICES, count=300, break_percent=0)
    assert all(len({len(row) for row in args[0]}) <= 1 for args in kept)  # type: ignore[attr-defined]
    broken = many("def f(m): pass", *MATRICES, count=300, break_percent=100)
    assert share(broken, lambda args: len({len(row) for row in args[0]}) <= 1) < 0.9


def test_large_observed_inputs_are_generalised_small() -> None:
    """An input of a hundred thousand elements gives small draws of the same kind."""
    made = many("def f(xs, k): pass", ([at % 97 for at in range(100_000)], 3), count=50)
    # An item may be put in, up to three times, so that the other argument is in the list.
    assert all(len(args[0]) <= 64 + 3 for args in made)  # type: ignore[arg-type]
    assert all(type(x) is int for args in made for x in args[0])  # type: ignore[attr-defined]


def test_determinism() -> None:
    """Equal seeds give equal samples, other seeds others."""
    signature = signature_of("def f(x: dict[str, list[float]], y: str): pass")
    first = samples(signature, count=50, seed=1)
    assert repr(first) == repr(samples(signature, count=50, seed=1))
    assert repr(first) != repr(samples(signature, count=50, seed=2))


def test_samples_do_not_depend_on_hash_seeds() -> None:
    """Another process draws the same, sets of strings among the observed values or not."""
    program = (
        "from perfbot.sandbox.inputs.strategy import samples, signature_of\n"
        "from perfbot.sandbox.inputs.arguments import Arguments as A\n"
        "seen = [A(({'a', 'bc', 'def'}, {'k': 1, 'z': 2})), A(({'x', 'yy'}, {'q': 3}))]\n"
        "for item in samples(signature_of('def f(s, d): pass'), seen, count=40):\n"
        "    print([sorted(v) if isinstance(v, set) else v for v in item.args], item.kwargs.keys())"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(outputs) == 1 and "def" in outputs.pop()


def test_hypothesis_shrinks_to_a_small_example() -> None:
    """A failing input is minimised: a sum over 20 needs few elements."""
    from hypothesis import find

    strategy = build(signature_of("def f(xs: list[int]): pass"))
    assert strategy is not None
    small = find(
        strategy,
        lambda value: bool(value.args) and sum(value.args[0]) > 20,  # type: ignore[call-overload]
        settings=settings(database=None, derandomize=True, max_examples=2000),
    )
    assert len(small.args[0]) <= 3  # type: ignore[arg-type]
