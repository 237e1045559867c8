"""The project's own classes: their values come from the text of their definitions."""

from pathlib import Path

import pytest

from perfbot.sandbox.drivers.values import Enum, Made, Object
from perfbot.sandbox.inputs.annotations import shape_for
from perfbot.sandbox.inputs.choices import SeededChoices
from perfbot.sandbox.inputs.drawing import Drawing
from perfbot.sandbox.inputs.scope import Scope, scope_of
from tests.kinds import STANDARD, Kind, refuted_and_shown

POINT = (
    STANDARD
    + """
@dataclass
class Point:
    x: int
    y: int = 0
    tags: list[str] = field(default_factory=list)
"""
)
LATER = "from __future__ import annotations\n"
USUAL = [
    Kind("dataclass", "Point", "Point(1)", "x.y < 0", header=POINT),
    Kind("dataclasses in a list", "list[Point]", "[Point(1)]", "any(p.x == p.y != 0 for p in x)",
         header=POINT),
    Kind("inherited, of another file", "Named", "types_of.Named(1, 'a')", "x.name == ''",
         header="import types_of\nfrom types_of import Named\n",
         types=POINT + "@dataclass\nclass Base:\n    id: int\n"
                       "@dataclass\nclass Named(Base):\n    name: str\n"),
    Kind("imported for type checking", "P", "__import__('types_of').Point(1)", "x.x < 0",
         header=LATER + "from typing import TYPE_CHECKING\n"
                        "if TYPE_CHECKING:\n    from types_of import Point as P\n",
         types=POINT),
    Kind("TypedDict", "Movie", "{'name': 'a', 'year': 1}", "'rating' in x",
         header=STANDARD + "class Movie(TypedDict, total=False):\n    name: Required[str]\n"
                           "    year: Required[int]\n    rating: float\n"),
    Kind("NamedTuple", "P", "P(1, 'a')", "x.b == ''",
         header=STANDARD + "class P(NamedTuple):\n    a: int\n    b: str = 'q'\n"),
    Kind("enum", "Colour", "Colour.RED", "x is Colour.BLUE",
         header=STANDARD + "class Colour(Enum):\n    RED = auto()\n    BLUE = 'b'\n"),
    Kind("protocol", "Shape", "Square(2)", "x.area() == 0", "x.area()",
         header=STANDARD + "class Shape(Protocol):\n    def area(self) -> int: ...\n"
                           "@dataclass\nclass Square:\n    side: int\n"
                           "    def area(self) -> int:\n        return self.side ** 2\n"),
    Kind("class with a constructor", "Box", "Box([1])", "x.items == []", "len(x.items)",
         header=STANDARD + "class Box:\n    def __init__(self, items: list[int]):\n"
                           "        self.items = list(items)\n"),
]  # fmt: skip
RARER = [
    Kind("not annotated", "Any", "[Point(1), Point(2)]", "x and x[0].x < 0", header=POINT),
    Kind("frozen, with slots", "P", "P(1.0)", "x.a != x.a", "x.a",
         header=STANDARD + "@dataclass(frozen=True, slots=True)\nclass P:\n    a: float\n"),
    Kind("within itself", "Seg", "Seg(Point(1), None)", "x.b is not None",
         header=POINT + "@dataclass\nclass Seg:\n    a: Point\n    b: 'Seg | None'\n"),
    Kind("refusing some", "R", "R(1, 2)", "x.low == x.high",
         header=STANDARD + "@dataclass\nclass R:\n    low: int\n    high: int\n"
                           "    width: int = field(init=False)\n    def __post_init__(self):\n"
                           "        if self.low > self.high: raise ValueError\n"
                           "        self.width = self.high - self.low\n"),
    Kind("NotRequired", "Movie", "{'name': 'a', 'year': 1}", "'year' not in x",
         "(x['name'], x.get('year'))",
         header=STANDARD + "class Movie(TypedDict):\n    name: str\n    year: NotRequired[int]\n"),
    Kind("namedtuple", "P", "P(1, 2)", "x.a == 0",
         header=STANDARD + "P = namedtuple('P', 'a b')\n"),
    Kind("flags", "Perm", "Perm.R", "x == Perm.R | Perm.W",
         header=STANDARD + "class Perm(Flag):\n    R = auto()\n    W = auto()\n"),
    Kind("functional enum", "list[Colour]", "[Colour.RED]", "Colour.BLUE in x",
         header=STANDARD + "Colour = Enum('Colour', 'RED GREEN BLUE')\n"),
    Kind("enum's literal", "Literal[Colour.RED, Colour.BLUE]", "Colour.RED", "x is Colour.BLUE",
         header=STANDARD + "class Colour(Enum):\n    RED = 1\n    BLUE = 2\n"),
    Kind("the project's function", "Callable[[Point], int]", "far", "x(Point(1, 1)) == 0",
         "x(Point(1, 1))", header=POINT + "def far(p: Point) -> int:\n    return p.x\n"
                                          "def near(p: Point) -> int:\n    return 0\n"),
    Kind("string", "'list[Point]'", "[Point(1)]", "x == []", header=POINT),
    Kind("future annotations", "list[Point]", "[Point(1)]", "any(p.x < 0 for p in x)",
         header=LATER + POINT),
    Kind("a class itself", "type[Base]", "A", "x is B", "x.__name__",
         header=STANDARD + "class Base: pass\nclass A(Base): pass\nclass B(Base): pass\n"),
    Kind("nested", "Outer.Inner", "Outer.Inner(1)", "x.a < 0",
         header=STANDARD + "class Outer:\n    @dataclass\n    class Inner:\n        a: int\n"),
    Kind("generic", "Box[int]", "Box(1)", "x.a < 0",
         header=STANDARD + "T = TypeVar('T')\n@dataclass\nclass Box(Generic[T]):\n    a: T\n"),
]  # fmt: skip


@pytest.mark.parametrize("kind", USUAL, ids=str)
def test_classes(kind: Kind, tmp_path: Path) -> None:
    """An edit that differs on an object that the annotation allows is refuted, and shown."""
    refuted_and_shown(kind, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("kind", RARER, ids=str)
def test_rarer_classes(kind: Kind, tmp_path: Path) -> None:
    """The same for definitions that are seldom met."""
    refuted_and_shown(kind, tmp_path)


def values(annotation: str, names: Scope, *seen: object, count: int = 100) -> list[object]:
    """Values drawn for an annotation."""
    shape = shape_for(annotation, seen, names=names)
    assert shape is not None
    return [shape.draw(Drawing(SeededChoices(seed), 20), ("x",)) for seed in range(count)]


def test_names_are_followed_through_the_project(tmp_path: Path) -> None:
    """Relative imports, re-exports, renamed modules and stars all lead to the definition."""
    package = tmp_path / "src" / "shop"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("from .model import Item as Thing\n")
    (package / "model.py").write_text(POINT + "@dataclass\nclass Item:\n    at: Point\n")
    source = (
        "import shop\nimport shop.model as m\nfrom . import model\nfrom .model import *\n"
        "from shop import Thing as T2\n"
    )
    names = scope_of(source, "shop.use", root=tmp_path, import_roots=("src",))
    for annotation in ("shop.Thing", "m.Item", "model.Item", "Item", "T2"):
        (made,) = values(annotation, names, count=1)
        assert isinstance(made, Made) and (made.module, made.qualname) == ("shop.model", "Item")
        assert isinstance(made.kwargs["at"], Made) and made.kwargs["at"].qualname == "Point"


def test_imports_in_a_ring_end(tmp_path: Path) -> None:
    """Two modules that import a name from each other, which neither defines, give nothing."""
    (tmp_path / "a.py").write_text("from b import Thing\n")
    (tmp_path / "b.py").write_text("from a import Thing\n")
    names = scope_of("from a import Thing\n", "use", root=tmp_path)
    assert shape_for("Thing", names=names) is None


def test_a_class_of_the_project_hides_the_standard_one() -> None:
    """A project's own `Path` is not the library's."""
    names = Scope(STANDARD + "@dataclass\nclass Path:\n    cost: int\n", "m")
    assert all(isinstance(value, Made) for value in values("Path", names))


def test_a_typed_dict_never_lacks_a_required_key() -> None:
    """Draws that break what was observed still keep to the declared keys."""
    names = Scope(STANDARD + "class M(TypedDict):\n    a: int\n    b: NotRequired[int]\n", "m")
    shape = shape_for("M", [{"a": 1, "b": 2}], names=names)
    assert shape is not None
    made = [
        shape.draw(Drawing(SeededChoices(seed), 20, all_broken=True), ("x",)) for seed in range(99)
    ]
    assert {tuple(item) for item in made} == {("a",), ("a", "b")}  # type: ignore[arg-type]


def test_observed_fields_guide_the_constructor() -> None:
    """Fields take after the observed objects' fields, and observed objects are passed again."""
    names = Scope(POINT, "m")
    seen = Object("m", "Point", ("state", None, {"x": 700, "y": 900, "tags": []}, {}))
    made = values("Point", names, seen)
    assert any(isinstance(item, Object) for item in made)
    fields = [item.kwargs["x"] for item in made if isinstance(item, Made)]
    assert any(650 < x < 750 for x in fields)


def test_classes_without_known_arguments_are_not_made() -> None:
    """No constructor is called whose arguments nothing describes; abstract classes never."""
    names = Scope(
        STANDARD + "class Box:\n    def __init__(self, items): pass\n"
        "class Base(collections.abc.Sized):\n    pass\n"
        "class Abstract:\n    @abstractmethod\n    def go(self): ...\n",
        "m",
    )
    assert shape_for("Box", names=names) is None
    assert shape_for("Abstract", names=names) is None
    assert shape_for("MissingBase", names=names) is None


def test_every_member_of_an_enumeration() -> None:
    """Members are those of the class body, its bases' included; methods and privates are none."""
    names = Scope(
        STANDARD + "class C(str, Enum):\n    _ignore_ = 'z'\n    A = 'a'\n    B = 'b'\n"
        "    def label(self): return 1\n",
        "m",
    )
    assert set(values("C", names)) == {Enum("m", "C", "A"), Enum("m", "C", "B")}
