"""numpy's arrays: dtypes, sizes, layouts and values that an annotation allows."""

from pathlib import Path

import numpy
import pytest

from perfbot.sandbox.drivers.values import View
from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.arrays import is_array
from perfbot.sandbox.inputs.empty_arrays import with_empty_arrays
from perfbot.sandbox.inputs.strategy import samples, signature_of
from tests.kinds import Kind, refuted_and_shown

HEADER = "import numpy as np\nimport numpy.typing as npt\nfrom typing import *\n"
USUAL = [
    Kind("NaN", "npt.NDArray[np.float64]", "np.array([1.0, 2.0])", "np.isnan(x).any()",
         "float(x.sum())", HEADER),
    Kind("another size", "np.ndarray", "np.ones((2, 3))", "x.shape[0] > 3",
         "x.sum(axis=0).tolist()", HEADER),
    Kind("not contiguous", "np.ndarray", "np.ones(3)", "not x.flags.c_contiguous", "x.shape",
         HEADER),
]  # fmt: skip
RARER = [
    Kind("empty", "npt.NDArray[np.int64]", "np.array([1, 2])", "x.size == 0", "int(x.sum())",
         HEADER),
    Kind("read-only", "np.ndarray", "np.ones(3)", "not x.flags.writeable", "x.shape", HEADER),
    Kind("0-d", "np.ndarray", "np.ones(3)", "x.ndim == 0", "x.size", HEADER),
    Kind("infinity", "npt.NDArray[np.float32]", "np.ones(3, dtype=np.float32)",
         "np.isinf(x).any()", "x.size", HEADER),
    Kind("not annotated", "Any", "np.array([3, 1, 2])", "len(x) == 0", "x.tolist()", HEADER),
    Kind("scalar", "np.float64", "np.float64(1)", "x < 0", "float(x)", HEADER),
    Kind("array-like", "npt.ArrayLike", "[1.0]", "isinstance(x, np.ndarray)",
         "np.asarray(x).tolist()", HEADER),
]  # fmt: skip


@pytest.mark.parametrize("kind", USUAL, ids=str)
def test_arrays(kind: Kind, tmp_path: Path) -> None:
    """An edit that differs on an array that the annotation allows is refuted, and shown."""
    refuted_and_shown(kind, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("kind", RARER, ids=str)
def test_rarer_arrays(kind: Kind, tmp_path: Path) -> None:
    """The same for layouts, sizes and types that are seldom met."""
    refuted_and_shown(kind, tmp_path)


def arrays(header: str, *inputs: tuple[object, ...], count: int = 200, **options: int) -> list[
    tuple[numpy.ndarray, ...]
]:  # fmt: skip
    """The arrays of sampled argument lists, views as the arrays that they show."""
    made = samples(
        signature_of(header), [Arguments(args) for args in inputs], count=count, **options
    )
    by_position = [item.args for item in made if not item.kwargs]
    plain = [tuple(it.array if isinstance(it, View) else it for it in args) for args in by_position]
    assert all(is_array(value) for args in plain for value in args)
    return plain  # type: ignore[return-value]


def test_declared_dtype_is_kept() -> None:
    """`NDArray[np.int32]` gives that dtype, its ends included, whatever is drawn."""
    made = arrays("def f(x: npt.NDArray[np.int32]): pass", break_percent=100)
    assert {array.dtype.str for (array,) in made} == {"<i4"}
    assert any((array == numpy.iinfo("i4").max).any() for (array,) in made)


def test_observed_arrays_have_no_special_values() -> None:
    """Where no annotation declares the type, arrays are like the observed ones: finite, 1-d."""
    made = arrays("def f(x): pass", (numpy.array([1.0, 5.0]),), (numpy.array([2.0]),))
    assert all(numpy.isfinite(array).all() and array.ndim == 1 for (array,) in made)
    assert {array.dtype.str for (array,) in made} == {"<f8"}


def test_two_arrays_share_their_axes() -> None:
    """Two arrays of one call have one size, save in draws that break what was observed."""
    header = "def f(x: np.ndarray, y: np.ndarray): pass"
    seen = (numpy.ones(3), numpy.zeros(3)), (numpy.ones(5), numpy.zeros(5))
    kept = arrays(header, *seen, break_percent=0)
    assert all(x.shape == y.shape for x, y in kept)
    long = arrays(header, (numpy.ones(3_000), numpy.zeros(3_000)), count=600, break_percent=0)
    assert all(x.shape == y.shape for x, y in long)
    assert {len(x) for x, _ in long} > {0, 1, 2, 3}
    broken = arrays(header, *seen, break_percent=100)
    assert any(x.shape != y.shape for x, y in broken)


def test_an_empty_array_holds_no_truth_values() -> None:
    """Loops over none of them do what arrays cannot; the other types are tried, empty too."""
    made = arrays("def f(x: np.ndarray): pass", (numpy.ones(3),), count=2000, break_percent=100)
    empty = {array.dtype.str for (array,) in made if not array.size}
    assert "|b1" not in empty and {"<f8", "<i8", "|u1"} <= empty
    assert "|b1" in {array.dtype.str for (array,) in made}


def test_nothing_of_every_type_is_tried() -> None:
    """Each array that may be of any type, all of them empty; declared types stay."""
    header = "def f(x: np.ndarray, y: np.ndarray, z: npt.NDArray[np.float64], n=3): pass"
    seen = Arguments((numpy.ones(3), numpy.ones((3, 2)), numpy.ones(3)), {})
    made = [item.args for item in with_empty_arrays(signature_of(header), [seen])]
    assert all(value.size == 0 for args in made for value in args[:3])
    assert {args[1].shape for args in made} == {(0, 2)}
    types = {(args[0].dtype.str, args[1].dtype.str) for args in made}
    assert {("<i8", "<f8"), ("<f8", "|u1"), ("<f4", "<f8")} <= types
    assert {args[2].dtype.str for args in made} == {"<f8"}
    assert list(with_empty_arrays(signature_of("def f(x): pass"), [seen])) == []


def test_points_keep_their_columns() -> None:
    """Arrays of shape (n, 3), for several n, keep their three columns."""
    seen = (numpy.ones((2, 3)),), (numpy.ones((5, 3)),), (numpy.ones((4, 3)),)
    made = arrays("def f(x: np.ndarray): pass", *seen, break_percent=0)
    assert {array.shape[1] for (array,) in made} == {3}
    assert len({array.shape[0] for (array,) in made}) > 3


def test_empty_arrays_keep_the_number_of_axes_that_was_observed() -> None:
    """Loops over nothing answer whatever the axes are; lengths may differ, as of full arrays."""
    signature = signature_of("def f(a: np.ndarray, b: np.ndarray): ...")
    row = numpy.ones(3)
    made = samples(signature, [Arguments((row, row.copy()), {})], count=2000, seed=4,
                   break_percent=60)  # fmt: skip
    pairs = [[getattr(item, "array", item) for item in made_of.args] for made_of in made]
    shapes = [tuple(item.shape for item in pair) for pair in pairs if len(pair) == 2]
    empty = [pair for pair in shapes if any(0 in shape for shape in pair)]
    assert empty and all(len(one) == len(other) == 1 for one, other in empty)
    assert any(one == (0,) and other > (0,) for one, other in empty)
    assert any(other == (0,) and one > (0,) for one, other in empty)
    assert any(len(one) == 3 for one, _ in shapes)
