"""`Annotated[T, ...]`: values keep to the bounds that it declares, and those at the edges come."""

from pathlib import Path

import pytest

from perfbot.sandbox.candidate import Candidate
from perfbot.sandbox.drivers.values import Made, Object
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.gates import coverage
from perfbot.sandbox.inputs.annotations import shape_for
from perfbot.sandbox.inputs.bounds import Bounds
from perfbot.sandbox.inputs.choices import SeededChoices
from perfbot.sandbox.inputs.drawing import Drawing, Literals
from perfbot.sandbox.inputs.scope import Scope, scope_of
from perfbot.sandbox.inputs.within import has_bounds, within
from perfbot.sandbox.verdict import Status
from tests.kinds import STANDARD, Kind, judged, prepared, refuted_and_shown

TYPES = STANDARD + "from annotated_types import *\nimport annotated_types as at\n"
MODEL = STANDARD + "from pydantic import BaseModel, Field\n"
POINT = (
    STANDARD
    + "from annotated_types import Ge\n@dataclass\nclass Point:\n    x: Annotated[int, Ge(100)]\n"
)
LIMIT = TYPES + "LIMIT = 2**10\nPort = Annotated[int, Gt(0), Lt(LIMIT)]\n"
USUAL = [
    (Kind("gt", "Annotated[int, Gt(1000)]", "1500", "x == 1001", header=TYPES), "x <= 1000"),
    (Kind("le", "Annotated[int, at.Le(-70)]", "-80", "x == -70", header=TYPES), "x > -70"),
    (Kind("interval", "Annotated[float, Interval(ge=0, lt=0.5)]", "0.25", "x == 0.0",
          header=TYPES), "not 0 <= x < 0.5"),
    (Kind("longest", "Annotated[list[int], Len(2, 5)]", "[1, 2, 3]", "len(x) == 5",
          header=TYPES), "not 2 <= len(x) <= 5"),
    (Kind("shortest", "Annotated[str, MinLen(3)]", "'abcd'", "len(x) == 3", header=TYPES),
     "len(x) < 3"),
    (Kind("multiple", "Annotated[int, MultipleOf(7)]", "14", "x == 0", header=TYPES), "x % 7"),
    (Kind("inside a list", "list[Annotated[int, Ge(10)]]", "[11, 12]", "10 in x", header=TYPES),
     "any(n < 10 for n in x)"),
    (Kind("alias with a constant", "Port", "80", "x == 1023", header=LIMIT),
     "not 0 < x < 1024"),
    (Kind("pydantic's field", "Annotated[str, Field(min_length=1, max_length=4, pattern='.*')]",
          "'ab'", "len(x) == 4", header=MODEL), "not 1 <= len(x) <= 4"),
    (Kind("of a class", "Point", "Point(200)", "x.x == 100", header=POINT), "x.x < 100"),
]  # fmt: skip
"""(an edit that goes wrong just inside the bound, the condition of one that does only outside)"""


@pytest.mark.parametrize("kind", [kind for kind, _ in USUAL], ids=str)
def test_differences_just_inside_a_bound_are_found(kind: Kind, tmp_path: Path) -> None:
    """An edit that goes wrong on a value at the edge of the bounds is refuted, and shown."""
    refuted_and_shown(kind, tmp_path)


@pytest.mark.parametrize(
    ("kind", "outside"),
    [
        *USUAL[:4],
        *(pytest.param(*row, marks=pytest.mark.slow, id=str(row[0])) for row in USUAL[4:]),
    ],
    ids=str,
)
def test_differences_outside_a_bound_do_not_count(kind: Kind, outside: str, tmp_path: Path) -> None:
    """An edit that differs only on values that the annotation excludes survives."""
    body = f"    if {outside}:\n        return 'odd'\n    return {kind.result}\n"
    with prepared(kind, tmp_path) as baseline:
        found = judged(baseline, kind.module(body))
    assert found.status is Status.SURVIVED, (found.detail, found.counterexample)


def test_what_the_original_itself_refuses_is_behaviour(tmp_path: Path) -> None:
    """Where the original raises for values outside, an edit that no longer does is refuted."""
    check = "def checked(x):\n    if x < 5:\n        raise ValueError(x)\n    return x\n"
    kind = Kind("guarded", "Annotated[int, Ge(5)]", "9", "x < 5", "checked(x)", TYPES + check)
    with prepared(kind, tmp_path) as baseline:
        assert judged(baseline, kind.wrong).status is Status.REFUTED
        assert judged(baseline, kind.right).status is Status.SURVIVED


@pytest.mark.parametrize(
    ("guard", "status"),
    [
        ("x <= 0", Status.SURVIVED),
        ("x == 999_983", Status.UNKNOWN),
        ("x == 0 or x < 1", Status.SURVIVED),
    ],
)
def test_guards_against_what_is_outside_are_no_gap(
    guard: str, status: Status, tmp_path: Path
) -> None:
    """A branch that the bounds exclude needs no input to run it; one that they allow does."""
    header = "from typing import Annotated\nfrom annotated_types import Gt\n"
    kind = Kind("natural", "N", "7", "", header=header + "N = Annotated[int, Gt(0)]\n")
    body = f"    if {guard}:\n        return repr(x)\n    return repr(x)\n"
    with prepared(kind, tmp_path) as baseline:
        candidate = Candidate(baseline, Edit(kind.module(body)))
        assert candidate.start() is None
        try:
            found = coverage.check(candidate)
        finally:
            candidate.close()
    assert found.status is status, found.detail


def drawn(annotation: str, names: Scope, *seen: object, count: int = 400) -> list[object]:
    """Values drawn for an annotation."""
    shape = shape_for(annotation, seen, names=names)
    assert shape is not None
    literals = Literals(ints=(-5, 3, 700), texts=("", "a long literal"), lengths=(0, 50))
    return [shape.draw(Drawing(SeededChoices(seed), 20, literals), ("x",)) for seed in range(count)]


NAMES = Scope(
    TYPES + "from pydantic import Field\nimport pydantic\nLOW: int = 4\nHIGH = 2 ** 8 - 1\n"
)
BOUNDED = [
    ("Annotated[int, Ge(LOW), Le(HIGH)]", Bounds(4, 255), {4, 255}),
    ("Annotated[int, Interval(gt=-3, lt=9)]", Bounds(-2, 8), {-2, 8}),
    ("Annotated[Annotated[int, Ge(500)], Lt(600)]", Bounds(500, 599), {500, 599}),
    ("Annotated[int, Gt(2.5), Le(10**6)]", Bounds(3, 10**6), {3, 10**6}),
    ("Annotated[int, Ge(1), MultipleOf(3), Le(20)]", Bounds(3, 18, multiples=(3,)), {3, 18}),
    ("Annotated[float, Ge(0), Lt(1)]", Bounds(0, 1, below_high=True), {0.0, 1 - 2**-53}),
    ("Annotated[float, Gt(0)]", Bounds(0, above_low=True), {5e-324, float("inf")}),
    ("Annotated[float, Field(multiple_of=0.1)]", Bounds(multiples=(0.1,)), {0.1}),
    ("Annotated[Decimal, pydantic.Field(ge=2)]", Bounds(2), {2}),
    ("Annotated[str, Len(2, 3)]", Bounds(shortest=2, longest=3), set()),
    ("Annotated[bytes, at.MinLen(40)]", Bounds(shortest=40), set()),
    ("Annotated[set[int], Len(12)]", Bounds(shortest=12), set()),
    ("Annotated[dict[str, bool], MaxLen(1)]", Bounds(longest=1), set()),
    ("Annotated[Literal[1, 2, 3], Gt(1)]", Bounds(2), {2, 3}),
    ("Optional[Annotated[int, Lt(0)]]", Bounds(high=-1), {-1, None}),
    ("Annotated[int | str, Ge(5), MinLen(2)]", Bounds(5, shortest=2), {5}),
]


@pytest.mark.parametrize(("annotation", "bounds", "edges"), BOUNDED)
def test_drawn_values_keep_to_bounds_and_reach_them(
    annotation: str, bounds: Bounds, edges: set[object]
) -> None:
    """Each kind of limit holds for all that is drawn, and its edges are drawn."""
    values = drawn(annotation, NAMES)
    assert [value for value in values if not bounds.allow(value)] == []
    if bounds.of_lengths:
        lengths = {len(value) for value in values if isinstance(value, (str, bytes, set, dict))}
        assert bounds.shortest in lengths
        assert bounds.longest is None or bounds.longest in lengths
    else:
        assert edges <= set(values)


@pytest.mark.parametrize(
    "annotation",
    [
        "Annotated[int, 'positive']",
        "Annotated[int, Gt(computed())]",
        "Annotated[int, Gt(None)]",
        "Annotated[int, own.Gt(0)]",
        "Annotated[int, Doc('Gt(0)')]",
        "Annotated[int, MultipleOf(0)]",
        "Annotated[str, Field(pattern='^a+$')]",
    ],
)
def test_what_is_no_known_limit_bounds_nothing(annotation: str) -> None:
    """Metadata of other packages, and limits that are not written as numbers, are left alone."""
    assert not has_bounds(shape_for(annotation, names=NAMES))


def test_a_class_of_the_project_hides_a_limit() -> None:
    """A project's own `Gt` is not the library's, wherever it is imported from."""
    names = Scope(STANDARD + "from annotated_types import *\nclass Gt: pass\n", "m")
    assert not has_bounds(shape_for("Annotated[int, Gt(0)]", names=names))
    assert has_bounds(shape_for("Annotated[int, Ge(0)]", names=names))


def test_limits_that_observed_values_break_are_none() -> None:
    """Where a test passes 0, `Gt(0)` is not what the code takes; nothing is held to it."""
    assert not has_bounds(shape_for("Annotated[int, Gt(0)]", [3, 0], names=NAMES))
    assert has_bounds(shape_for("Annotated[int, Gt(0)]", [3, 1], names=NAMES))


def test_constants_are_followed_to_their_module(tmp_path: Path) -> None:
    """A limit may be a number that another module of the project defines."""
    (tmp_path / "limits.py").write_text("LEAST = -(1 << 4)\n")
    source = TYPES + "import limits\nfrom limits import LEAST as L\n"
    names = scope_of(source, "use", root=tmp_path)
    for text in ("L", "limits.LEAST"):
        assert min(drawn(f"Annotated[int, Ge({text})]", names)) == -16  # type: ignore[type-var]


def test_fields_of_a_model_are_bounded() -> None:
    """pydantic's `Field` bounds a field also where it stands for the default."""
    text = "class M(BaseModel):\n    a: int = Field(gt=900)\n    b: str = Field('', max_length=1)\n"
    made = drawn("M", Scope(MODEL + text, "m"))
    fields = [item.kwargs for item in made if isinstance(item, Made)]
    assert min(item["a"] for item in fields) == 901
    assert {len(item["b"]) for item in fields if "b" in item} == {0, 1}


@pytest.mark.parametrize(
    ("annotation", "inside", "outside"),
    [
        ("list[Annotated[int, Ge(0)]]", [0, 7], [0, -1]),
        ("dict[Annotated[str, MinLen(1)], int]", {"a": -1}, {"": 1}),
        ("dict[str, tuple[Annotated[int, Ge(0)], int]]", {"": (0, -1)}, {"": (-1, 0)}),
        ("Annotated[int, Ge(0)] | None", None, -1),
        ("Annotated[int, Ge(0)] | str", "a", -1),
        ("Iterable[Annotated[int, Ge(0)]]", (1, 2), (-1,)),
        ("Annotated[float, Ge(0)]", float("inf"), float("nan")),
        ("P", Made("m", "P", (), {"x": 0}), Made("m", "P", (), {"x": -1})),
        ("list[P]", [Object("m", "P", ("state", None, {"x": 0}, {}))],
         [Object("m", "P", ("state", None, {"x": -1}, {}))]),
        ("Annotated[list[int], MaxLen(2)]", "a text", [1, 2, 3]),
    ],
)  # fmt: skip
def test_what_values_hold_is_held_to_the_bounds(
    annotation: str, inside: object, outside: object
) -> None:
    """Elements, keys, fields and options are looked at; what no annotation speaks of is inside."""
    names = Scope(TYPES + "@dataclass\nclass P:\n    x: Annotated[int, Ge(0)]\n", "m")
    shape = shape_for(annotation, names=names)
    assert within(shape, inside)
    assert not within(shape, outside)
