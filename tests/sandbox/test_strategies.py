"""Strategies: what annotations declare, what observation suggests, and what stays out."""

import datetime
import math
import subprocess
import sys
from collections.abc import Callable, Sequence
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy

from perfbot.sandbox.drivers.values import Drained, Enum, Object
from perfbot.sandbox.inputs.annotations import aliases_in, strategy_for
from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.observed import strategy_from
from perfbot.sandbox.inputs.strategy import build, literals_new_in, samples, signature_of


def drawn(strategy: SearchStrategy[object] | None, count: int = 300) -> list[object]:
    """What Hypothesis draws from a strategy, in a fixed order."""
    assert strategy is not None
    found: list[object] = []

    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(value: object) -> None:
        found.append(value)

    collect()
    return found


def many(source: str, *inputs: tuple[object, ...], count: int = 300, **options: object) -> list[
    tuple[object, ...]
]:  # fmt: skip
    """Argument tuples sampled for a header, given observed ones."""
    observed = [Arguments(args) for args in inputs]
    made = samples(signature_of(source), observed, count=count, **options)  # type: ignore[arg-type]
    return [item.args for item in made if not item.kwargs]


def share(values: Sequence[object], holds: Callable[..., bool]) -> float:
    """The part of the values for which something holds."""
    return sum(map(holds, values)) / len(values)


ANNOTATIONS = [
    ("int", int),
    ("bool", bool),
    ("str", str),
    ("bytes", bytes),
    ("bytearray", bytearray),
    ("complex", complex),
    ("None", type(None)),
    ("float", (float, int)),
    ("list[int]", list),
    ("typing.List[int]", list),
    ("'list[int]'", list),
    ("dict[str, list[float]]", dict),
    ("Dict", dict),
    ("set[int]", set),
    ("FrozenSet[str]", frozenset),
    ("tuple[int, str]", tuple),
    ("Tuple[int, ...]", tuple),
    ("Sequence[int]", (list, tuple)),
    ("collections.abc.Mapping[str, int]", dict),
    ("MutableSequence[int]", list),
    ("Iterable[int]", (list, tuple, Drained)),
    ("Iterator[int]", Drained),
    ("int | None", (int, type(None))),
    ("Optional[str]", (str, type(None))),
    ("Union[int, str]", (int, str)),
    ("Literal['a', 3]", (str, int)),
    ("Annotated[int, 'positive']", int),
    ("Decimal", Decimal),
    ("datetime.date", datetime.date),
    ("datetime.datetime", datetime.datetime),
    ("datetime.timedelta", datetime.timedelta),
    ("range", range),
    ("Any", object),
]


@pytest.mark.parametrize(("annotation", "kind"), ANNOTATIONS)
def test_annotation_gives_its_type(annotation: str, kind: type | tuple[type, ...]) -> None:
    """Every value is of the declared type, and there is more than one where there can be."""
    values = drawn(strategy_for(annotation), 60)
    assert all(isinstance(value, kind) for value in values)
    assert annotation == "None" or len({repr(value) for value in values}) > 1


@pytest.mark.parametrize(
    "annotation",
    ["Callable[[int], int]", "Shelf", "list[Shelf]", "type", "dict[list[int], int]", "np.ndarray"],
)
def test_annotation_that_cannot_be_made(annotation: str) -> None:
    """Functions and the user's own classes have no values unless some were observed."""
    assert strategy_for(annotation) is None


def test_users_classes_come_from_observed_values() -> None:
    """Observed objects and enum members are passed again, of no other class."""
    shelf, red = Object("m", "Shelf", {"size": 3}), Enum("m", "Colour", "RED")
    values = drawn(strategy_for("list[Shelf]", [[shelf], []]), 100)
    inner = [item for value in values for item in value]  # type: ignore[attr-defined]
    assert inner and all(type(item) is Object and item.qualname == "Shelf" for item in inner)
    assert set(drawn(strategy_for("Colour", [red]), 20)) == {red}


def test_aliases_of_a_file() -> None:
    """Renamed imports, module-level aliases, TypeVars and NewTypes are read, not run."""
    aliases = aliases_in(
        "from typing import List as L, TypeVar, NewType\nimport typing as t\n"
        "Row = t.List[float]\nT = TypeVar('T')\nN = TypeVar('N', bound=str)\n"
        "Key = NewType('Key', bytes)\n"
    )
    made = {
        name: drawn(strategy_for(name, aliases=aliases), 40)
        for name in ("L[int]", "t.Optional[Row]", "list[T]", "N", "Key")
    }
    assert all(isinstance(value, list) for value in made["L[int]"])
    rows = [value for value in made["t.Optional[Row]"] if value is not None]
    assert rows and all(isinstance(item, (float, int)) for row in rows for item in row)  # type: ignore[attr-defined]
    assert all(type(x) in (int, bool) for value in made["list[T]"] for x in value)  # type: ignore[attr-defined]
    assert all(isinstance(value, str) for value in made["N"])
    assert all(isinstance(value, bytes) for value in made["Key"])


def test_a_recursive_alias_ends() -> None:
    """An alias that refers to itself has no shape but does not hang."""
    aliases = {"Tree": "dict[str, Tree]"}
    assert strategy_for("Tree", aliases=aliases) is None


def test_declared_types_have_edge_cases() -> None:
    """What the annotation declares is the domain: huge ints, bools, NaN, -0.0, Unicode."""
    ints = [x for args in many("def f(x: list[int]): pass") for x in args[0]]  # type: ignore[attr-defined]
    assert any(abs(x) > 2**64 for x in ints) and any(x is True for x in ints)
    assert {0, 1, -1} <= set(ints)
    floats = [x for args in many("def f(x: list[float]): pass") for x in args[0]]  # type: ignore[attr-defined]
    assert any(math.isnan(x) for x in floats) and any(math.isinf(x) for x in floats)
    assert any(x == 0 and math.copysign(1, x) < 0 for x in floats)
    assert any(type(x) is int for x in floats)
    texts = [args[0] for args in many("def f(x: str): pass")]
    assert "" in texts
    assert any(not str(text).isascii() for text in texts)
    surrogates = share(texts, lambda text: any("\ud800" <= c <= "\udfff" for c in text))
    assert 0 < surrogates < 0.1


def test_observed_types_have_no_special_values() -> None:
    """What only observation suggests is generalised: no NaN, no huge int, no bool, no surrogate."""
    seen = [([1, 5], [0.5, 2.5], "abc"), ([9, 2, 4], [3.25], "hello"), ([7], [1.5, 8.0], "x y")]
    made = many("def f(a, b, c): pass", *seen, count=400)
    ints = [x for args in made for x in args[0]]  # type: ignore[attr-defined]
    floats = [x for args in made for x in args[1]]  # type: ignore[attr-defined]
    assert all(type(x) is int and abs(x) < 100 for x in ints)
    assert any(x > 9 for x in ints) and 0 in ints
    assert all(type(x) is float and math.isfinite(x) for x in floats)
    assert not any(x == 0 and math.copysign(1, x) < 0 for x in floats)
    assert all(str(args[2]).encode() is not None for args in made)
    assert len({args[2] for args in made}) > 50


def test_minus_zero_where_zero_was_observed() -> None:
    """The sign of zero is within what observed zeros suggest."""
    values = drawn(strategy_from([0.0, 1.5, 2.5]))
    assert any(x == 0 and math.copysign(1, x) < 0 for x in values)  # type: ignore[arg-type, operator]


MATRICES = [([[1, 2, 3], [4, 5, 6]],), ([[1, 2], [3, 4], [5, 6]],), ([[7]],)]


def test_observed_matrices_stay_rectangular() -> None:
    """Rows of equal length in most draws, of unequal length in a few, and the empty matrix."""
    made = many("def f(m): pass", *MATRICES, count=500)
    rectangular = share(made, lambda args: len({len(row) for row in args[0]}) <= 1)
    assert 0.85 < rectangular < 0.995
    assert ([],) in made
    assert max(len(args[0]) for args in made) > 3  # type: ignore[arg-type]
    assert all(type(x) is int for args in made for row in args[0] for x in row)  # type: ignore[attr-defined]


def test_equal_lengths_and_counts() -> None:
    """Two lists of one length and an int that is their length stay so in about nine of ten."""
    seen = [([1, 2], ["a", "b"], 2), ([5], ["c"], 1), ([7, 8, 9, 4], list("wxyz"), 4)]
    made = many("def f(a, b, n): pass", *seen, count=500)
    kept = share(made, lambda args: len(args[0]) == len(args[1]) == args[2])
    assert 0.85 < kept < 0.99
    assert len({args[2] for args in made}) > 6


def test_an_index_stays_within_its_list() -> None:
    """An int that indexed the list in every observed input mostly does so in draws."""
    seen = [([5, 6, 7], 0), ([1, 2], 1), ([9, 8, 7, 6, 5], 4), ([3, 3, 3, 3], 2)]
    made = [args for args in many("def f(xs, i): pass", *seen, count=500) if args[0]]
    inside = share(made, lambda args: 0 <= args[1] < len(args[0]))
    assert 0.85 < inside < 0.995


def test_edges_stay_within_their_nodes() -> None:
    """Numbers inside a list that were always below another argument stay below it."""
    seen = [(3, [(0, 1), (1, 2)]), (4, [(0, 3), (1, 2)]), (6, [(0, 5), (4, 3), (2, 2)])]
    made = many("def f(n, edges): pass", *seen, count=500)
    inside = share(made, lambda args: all(0 <= x < max(args[0], 1) for e in args[1] for x in e))
    assert 0.85 < inside < 1
    assert all(len(edge) == 2 for args in made for edge in args[1])  # type: ignore[attr-defined]


@pytest.mark.parametrize("reverse", [False, True])
def test_sorted_inputs_stay_sorted(reverse: bool) -> None:
    """Lists observed in order are mostly drawn in order, and sometimes not."""
    seen = [(sorted([at, at * 3, at * 2 % 7, 11], reverse=reverse),) for at in range(1, 7)]
    made = many("def f(xs): pass", *seen, count=500)
    ordered = share(made, lambda args: args[0] == sorted(args[0], reverse=reverse))
    assert 0.85 < ordered < 1
    loose = many("def f(xs): pass", ([3, 1, 2],), ([5, 9, 2, 1],), ([4, 4, 1],), count=500)
    assert share(loose, lambda args: args[0] == sorted(args[0], reverse=reverse)) < 0.6


def test_distinct_and_permutations() -> None:
    """Lists without repeats, and permutations of 0..n-1, stay what they are in most draws."""
    seen = [([2, 0, 1],), ([3, 1, 0, 2],), ([1, 4, 2, 0, 3],)]
    made = many("def f(p): pass", *seen, count=400)
    assert share(made, lambda args: sorted(args[0]) == list(range(len(args[0])))) > 0.8
    seen = [([12, 40, 31],), ([9, 71, 20, 52, 8],), ([31, 94, 22, 60, 73],)]
    made = many("def f(p): pass", *seen, count=400)
    assert 0.85 < share(made, lambda args: len(set(args[0])) == len(args[0])) < 1


def test_small_alphabets_and_formats() -> None:
    """Brackets, digits and dates keep their characters and format in most draws."""
    brackets = many("def f(s): pass", ("()()",), ("((()))()",), ("())(",))
    assert share(brackets, lambda args: set(args[0]) <= set("()")) > 0.85
    assert any(len(args[0]) > 8 for args in brackets)  # type: ignore[arg-type]
    digits = many("def f(s): pass", ("1234",), ("99",), ("407",), ("58123",))
    assert share(digits, lambda args: args[0] == "" or args[0].isdigit()) > 0.85
    dates = many("def f(s): pass", ("2020-01-02",), ("1999-12-31",), ("2021-06-15",))
    assert share(dates, lambda args: len(args[0].split("-")) == 3) > 0.7
    assert len({args[0] for args in dates}) > 100


def test_numbers_words_and_characters_in_strings() -> None:
    """Numeric strings stay numeric, closed vocabularies closed, single characters single."""
    numbers = many("def f(s): pass", ("14.5",), ("-3",), ("100",))
    assert share(numbers, lambda args: is_number(args[0])) > 0.8
    assert len({args[0] for args in numbers}) > 50
    words = many("def f(s): pass", ("left right left",), ("right up",), ("up left up",))
    known = {"left", "right", "up", ""}
    assert share(words, lambda args: set(args[0].split(" ")) <= known) > 0.8
    single = many("def f(c): pass", ("a",), ("Q",), ("z",), count=60)
    assert share(single, lambda args: len(args[0]) == 1) > 0.8


def is_number(text: object) -> bool:
    """Whether `float` takes a string."""
    try:
        float(str(text))
    except ValueError:
        return False
    return True


def test_pairs_and_tables() -> None:
    """Lists that serve as tuples keep their length and a type per position."""
    pairs = many("def f(p): pass", ([[2, 7], [2, 6], [1, 8]],), ([[10, 20], [15, 2]],))
    assert share(pairs, lambda args: {len(row) for row in args[0]} <= {2}) > 0.85
    table = many("def f(t): pass", ([["ann", 3], ["bob", 5]],), ([["cy", 7], ["di", 1]],))
    rows = [tuple(type(x) for x in row) for args in table for row in args[0]]  # type: ignore[attr-defined]
    assert share(rows, lambda kinds: kinds == (str, int)) > 0.85


def test_inner_lists_observed_non_empty_stay_so() -> None:
    """An empty row is rare where no observed row was empty; an empty outer list is not."""
    made = many("def f(m): pass", ([[1, 2], [3], [4, 5, 6]],), ([[7], [8, 9]],), count=500)
    assert 0.85 < share(made, lambda args: all(args[0])) < 1
    assert ([],) in made


def test_cyclic_and_deep_observed_values() -> None:
    """A list within itself, and very deep nesting, neither hang nor recurse for ever."""
    cyclic: list[object] = [1]
    cyclic.append(cyclic)
    deep: list[object] = []
    for _ in range(200):
        deep = [deep]
    assert len(many("def f(x): pass", (cyclic,), (deep,), count=30)) > 3


def test_records_keep_their_keys() -> None:
    """Dicts whose keys recur are records: each key keeps its own type."""
    seen = [({"name": "a", "age": 3},), ({"name": "bo", "age": 40},), ({"name": "c", "age": 9},)]
    made = many("def f(r): pass", *seen)
    assert share(made, lambda args: set(args[0]) == {"name", "age"}) > 0.8
    assert all(type(args[0]["age"]) is int for args in made if "age" in args[0])  # type: ignore[operator, index]


def test_mixed_element_types() -> None:
    """Observed mixtures are drawn as mixtures."""
    made = many("def f(xs): pass", ([1, "a", None],), ([2.5, "b"],))
    kinds = {type(x) for args in made for x in args[0]}  # type: ignore[attr-defined]
    assert kinds == {int, str, float, type(None)}


def test_fixed_tuples_keep_their_length() -> None:
    """Tuples of one observed length keep it; tuples of several lengths vary."""
    fixed = many("def f(p): pass", ((1, 2),), ((3, 4),))
    assert {len(args[0]) for args in fixed} == {2}  # type: ignore[arg-type]
    varied = many("def f(p): pass", ((1, 2),), ((3, 4, 5),))
    assert len({len(args[0]) for args in varied}) > 3  # type: ignore[arg-type]


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
    assert all(len(args[0]) <= 64 for args in made)  # type: ignore[arg-type]
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
