"""Python 3.12's syntax for types: `type X = ...`, `def f[T](x: T)`, `class Box[T]`."""

import sys
from pathlib import Path

import pytest

from tests.kinds import STANDARD, Kind, refuted_and_shown

pytestmark = pytest.mark.skipif(
    sys.version_info < (3, 12), reason="this Python does not read the syntax of 3.12"
)
KINDS = [
    Kind("alias", "Vec", "[1]", "x == []", header=STANDARD + "type Vec = list[int]\n"),
    Kind("alias with bounds", "Port", "700", "x == 500",
         header=STANDARD + "from annotated_types import Ge\ntype Port = Annotated[int, Ge(500)]\n"),
    Kind("generic alias", "Pair[int]", "(1, 2)", "x[0] == x[1] != 0",
         header=STANDARD + "type Pair[T] = tuple[T, T]\n"),
    Kind("alias of itself", "Tree", "1", "x == [[]]",
         header=STANDARD + "type Tree = int | list[Tree]\n"),
    Kind("alias of a later class", "Points", "[Point(1)]", "any(p.x < 0 for p in x)",
         header=STANDARD + "type Points = list[Point]\n@dataclass\nclass Point:\n    x: int\n"),
    Kind("alias of another file", "Vec", "[1]", "x == []",
         header="from types_of import Vec\n", types="type Vec = list[int]\n"),
    Kind("generic function", "list[T]", "[1]", "x == []", parameters="[T: int]"),
    Kind("one of two types", "list[T]", "[1]", "x != [] and isinstance(x[0], str)",
         parameters="[T: (int, str)]"),
    Kind("generic class", "Box[int]", "Box(1)", "x.a < 0",
         header=STANDARD + "@dataclass\nclass Box[T]:\n    a: T\n"),
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_newer_syntax(kind: Kind, tmp_path: Path) -> None:
    """An edit that differs on a value that the annotation allows is refuted, and shown."""
    refuted_and_shown(kind, tmp_path)
