"""The wire: what goes in comes out, equal bytes are equal values, and hostile bytes are refused."""

import array
import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import io
import itertools
import math
import pathlib
import random
import struct
import subprocess
import sys
import types
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfbot.sandbox.drivers import values, wire
from perfbot.sandbox.drivers.scalars import head
from perfbot.sandbox.drivers.unwire import decode
from perfbot.sandbox.drivers.values import Drained, Named, Object, Raised, WireError
from perfbot.sandbox.drivers.wire import encode

HERE = "perfbot_test_wire_classes"
RUNS = settings(max_examples=80, deadline=None)


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


class Access(enum.Flag):
    READ = 1
    WRITE = 2


@dataclasses.dataclass
class Point:
    x: Any
    y: Any


@dataclasses.dataclass(frozen=True, slots=True)
class Frozen:
    x: Any


class Pair(NamedTuple):
    left: Any
    right: Any


class Slots:
    __slots__ = ("__hidden", "first", "unset")

    def __init__(self, first: Any, hidden: Any) -> None:
        self.first = first
        self.__hidden = hidden


class Node:
    def __init__(self) -> None:
        self.next: Any = None


class Words(list[Any]):
    pass


class Table(dict[Any, Any]):
    pass


class Metres(float):
    pass


class Name(str):
    __slots__ = ()


class Broken(Exception):
    pass


class Queue(collections.deque[int]):
    pass


class Stream(io.StringIO):
    pass


class Matrix(numpy.ndarray[Any, Any]):
    pass


CLASSES = (Colour, Access, Point, Frozen, Pair, Slots, Node, Words, Table, Metres, Name, Broken)


@pytest.fixture(autouse=True, scope="module")
def importable() -> Iterator[None]:
    """Give this file's classes a module that the decoder can import by name."""
    module = types.ModuleType(HERE)
    kept = [kind.__module__ for kind in CLASSES]
    for kind in CLASSES:
        kind.__module__ = HERE
        setattr(module, kind.__name__, kind)
    sys.modules[HERE] = module
    yield
    del sys.modules[HERE]
    for kind, name in zip(CLASSES, kept, strict=True):
        kind.__module__ = name


def built(value: Any) -> Any:
    """What the sandboxed side makes of a value's encoding."""
    return decode(encode(value), build=True)


def spelt(value: Any) -> Any:
    """A value's types and content as nested tuples of text; sets in a fixed order."""
    if isinstance(value, (set, frozenset)):
        return type(value).__name__, sorted(map(repr, value))
    if isinstance(value, dict):
        return type(value).__name__, [(spelt(key), spelt(item)) for key, item in value.items()]
    if isinstance(value, (list, tuple, collections.deque)):
        return type(value).__name__, [spelt(item) for item in value]
    return type(value).__name__, repr(value)


scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(-(2**70), 2**70).map(lambda n: n**9),
    st.floats(),
    st.complex_numbers(),
    st.text(st.characters(exclude_categories=())),
    st.binary(),
    st.sampled_from([..., NotImplemented]),
)
plain = st.one_of(
    scalars,
    st.decimals(),
    st.fractions(),
    st.uuids(),
    st.datetimes(timezones=st.sampled_from([None, datetime.UTC])),
    st.dates(),
    st.timedeltas(),
    st.builds(range, st.integers(-5, 5), st.integers(), st.sampled_from([1, -2])),
    st.builds(slice, st.integers(), st.none()),
    st.lists(st.integers(), min_size=14, max_size=20).map(tuple),
    st.frozensets(st.integers() | st.text()),
)
data = st.recursive(
    plain,
    lambda inner: st.one_of(
        st.lists(inner),
        st.lists(inner).map(tuple),
        st.dictionaries(scalars, inner),
        st.lists(inner).map(collections.deque),
        st.binary().map(bytearray),
        st.sets(scalars),
        st.dictionaries(st.text(), inner).map(collections.OrderedDict),
    ),
    max_leaves=12,
)


@RUNS
@given(data)
def test_plain_data_comes_back_with_exact_types(value: Any) -> None:
    """Either side decodes plain data to a value of the same repr, types and bytes."""
    for build in (False, True):
        back = decode(encode(value), build=build)
        assert spelt(back) == spelt(value)
        assert encode(back) == encode(value)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, True),
        (1, 1.0),
        (0.0, -0.0),
        ([1], (1,)),
        ({1}, frozenset({1})),
        (b"a", bytearray(b"a")),
        ("1", 1),
        (1, 1 + 0j),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        (list(range(20)), [float(n) for n in range(20)]),
        ([1] * 20, [1] * 19 + [True]),
        (Metres(1.5), 1.5),
        (Name("a"), "a"),
        (Words([1]), [1]),
        (Table(a=1), {"a": 1}),
        (Pair(1, 2), (1, 2)),
        (Colour.RED, Colour.BLUE),
        (Access.READ | Access.WRITE, Access.READ),
        (Access(0), Access.READ),
        (collections.OrderedDict(a=1), {"a": 1}),
        (collections.defaultdict(int), {}),
        (collections.defaultdict(int), collections.defaultdict(list)),
        (collections.Counter("aab"), collections.Counter("abb")),
        (io.StringIO("one"), io.StringIO("two")),
        (random.Random(1).getstate(), random.Random(2).getstate()),
        (datetime.datetime(2020, 1, 1), datetime.date(2020, 1, 1)),
        (decimal.Decimal("1.0"), decimal.Decimal("1.00")),
        (pathlib.Path("a"), pathlib.Path("b")),
        (array.array("i", [1]), array.array("l", [1])),
        (iter([1, 2]), iter([1, 3])),
        (iter([1, 2]), iter((1, 2))),
        (ValueError("a"), ValueError("b")),
        (ValueError("a"), TypeError("a")),
        (int, float),
        (len, print),
        ({"a": 1}.get, {"a": 2}.get),
        (lambda: 1, lambda: 2),
        (lambda x=1: x, lambda x=2: x),
        (lambda *, x=1: x, lambda *, x=2: x),
        (type("K", (), {"n": 1}), type("K", (), {"n": 2})),
    ],
    ids=repr,
)
def test_different_values_have_different_bytes(one: Any, other: Any) -> None:
    """Values of another type, order, content or code never encode to the same bytes."""
    assert encode(one) != encode(other)


def test_every_nan_is_the_same_nan() -> None:
    """NaNs that differ in sign or payload only are one value, in floats and in arrays."""
    odd = struct.unpack(">d", b"\xff\xf8\x00\x00\x00\x00\x00\x07")[0]
    assert math.isnan(odd)
    assert encode(odd) == encode(math.nan)
    assert encode([odd] * 20) == encode([math.nan] * 20)
    for dtype in ("f8", "c16"):
        one, other = (numpy.array([item, 1], dtype) for item in (odd, math.nan))
        assert encode(one) == encode(other)


def test_aliases_and_cycles_are_kept() -> None:
    """A shared list stays shared, an equal copy stays a copy, and cycles end."""
    shared: list[Any] = [1]
    back = built([shared, shared, [1]])
    assert back[0] is back[1] is not back[2]
    assert encode([shared, shared]) != encode([[1], [1]])
    for cyclic in ([1], {"a": 1}, Words([1]), Table(a=1)):
        if isinstance(cyclic, dict):
            cyclic["self"] = cyclic
            assert (back := built(cyclic))["self"] is back
        else:
            cyclic.append(cyclic)
            assert (back := built(cyclic))[1] is back
    node = Node()
    node.next = [node]
    assert (back := built(node)).next[0] is back
    assert decode(encode(node)).state[2]["next"][0].module == HERE


def test_references_inside_sets_point_to_what_they_did() -> None:
    """An object in a set that refers to itself does so still, whatever was sent before the set."""
    node = Node()
    node.next = node
    first, group = built([[1], {node}])
    (found,) = group
    assert first == [1]
    assert found.next is found


@pytest.mark.parametrize(
    "value",
    [
        Point(1, [2]),
        Frozen("a"),
        Pair([1], 2),
        Slots([1], {2: 3}),
        Words([1, 2]),
        Table(a=[1]),
        Metres(-0.0),
        Name("\ud800"),
        Colour.BLUE,
        Access.READ | Access.WRITE,
        Access(0),
        {Colour.RED: {Frozen(1)}},
        Broken("a", 2),
        collections.defaultdict(list, a=[1]),
        array.array("d", [1.5]),
        [int, len, Point, collections],
        pathlib.PurePosixPath("a/b"),
    ],
    ids=repr,
)
def test_user_objects_are_made_again_in_the_sandbox_alone(value: Any) -> None:
    """The sandbox rebuilds objects of user classes; the parent holds stand-ins; bytes agree."""
    data = encode(value)
    back = decode(data, build=True)
    assert type(back) is type(value)
    assert encode(back) == data
    stands_in = decode(data)
    assert encode(stands_in) == data or isinstance(value, type)
    assert not isinstance(stands_in, CLASSES)


def test_user_code_is_not_run_by_either_direction() -> None:
    """Overridden methods of a class are called neither to encode nor to rebuild its objects."""
    called: list[str] = []

    class Liar:
        __slots__ = ("__dict__", "slot")

        def __init__(self, value: int) -> None:
            object.__setattr__(self, "value", value)

        def tell(name: str) -> Any:
            def method(self: Any, *args: Any) -> Any:
                called.append(name)
                return True

            return method

        for name in (
            "eq", "hash", "reduce", "reduce_ex", "getstate", "getattr", "getattribute", "setattr",
            "repr", "str", "len", "iter", "bool", "deepcopy", "instancecheck", "class_getitem",
        ):  # fmt: skip
            locals()[f"__{name}__"] = tell(name)
        __class__ = property(lambda self: called.append("class") or dict)

    Liar.__module__, Liar.__qualname__ = HERE, "Liar"
    sys.modules[HERE].Liar = Liar
    one, other = encode([Liar(1)]), encode([Liar(2)])
    assert one != other
    built_one = decode(one, build=True)[0]
    assert type(built_one) is Liar
    assert type(decode(one)[0]) is Object
    assert called == []


@pytest.mark.parametrize(
    "value",
    [
        Queue([1]),
        Stream("a"),
        random.Random(1),
        numpy.zeros(2).view(Matrix),
        numpy.array(["a"], dtype=numpy.dtypes.StringDType()),
        numpy.zeros(1, dtype=[("a", "O")]),
        memoryview(b"ab").cast("b"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_state_that_cannot_be_read_is_not_taken_for_equal(value: Any) -> None:
    """Objects whose content lies in fields of C are refused, not sent without it."""
    with pytest.raises(WireError):
        encode(value)


@pytest.mark.parametrize(
    "value",
    [
        numpy.arange(6).reshape(2, 3).astype(dtype, order=order)
        for dtype in ("i1", "u8", ">i4", "f2", "f4", "f8", "c16", "?", "M8[s]", "m8[ns]")
        for order in ("C", "F")
    ]
    + [
        numpy.array(1.5),
        numpy.array([], dtype="f4").reshape(0, 3),
        numpy.array([[1], [2, 3], "a", None], dtype=object),
        numpy.array([["a", 1], [None, 2.5]], dtype=object, order="F"),
        numpy.array([(1, 2.5)], dtype=[("a", "i4"), ("b", "f8")]),
        numpy.array(["ab", "c"]),
        numpy.arange(10)[::3],
    ],
    ids=lambda value: f"{value.dtype}-{value.shape}",
)
def test_arrays_come_back_with_dtype_shape_and_order(value: Any) -> None:
    """Arrays of every layout keep type, shape, memory order and elements on both sides."""
    for build in (False, True):
        back = decode(encode(value), build=build)
        assert (back.dtype, back.shape) == (value.dtype, value.shape)
        assert back.flags.f_contiguous or not value.flags.f_contiguous
        assert encode(back) == encode(value)
        assert back.tolist() == value.tolist()


def test_arrays_of_other_fields_or_order_differ() -> None:
    """Equal bytes under other field names, another dtype or another memory order differ."""
    one = numpy.array([(1, 2)], dtype=[("a", "i4"), ("b", "i4")])
    assert encode(one) != encode(one.view([("a", "i4"), ("c", "i4")]))
    square = numpy.eye(2)
    assert encode(square) != encode(numpy.asfortranarray(square))
    assert encode(numpy.float64(1)) != encode(1.0) != encode(numpy.float32(1))


def test_iterators_are_drained_with_their_end() -> None:
    """A generator travels as its items, its return value and the exception that ended it."""

    def source(end: Any) -> Any:
        yield 1
        if isinstance(end, Exception):
            raise end
        return end

    found = decode(encode(source(5)))
    assert (type(found), found.items, found.ended, found.final) == (Drained, [1], "end", 5)
    failed = decode(encode(source(ValueError("no"))))
    assert (failed.ended, type(failed.final), failed.final.args) == ("raise", Raised, ("no",))
    assert encode(source(5)) != encode(source(6)) != encode(source(ValueError("no")))
    assert decode(encode(itertools.count())).ended == "cut"
    assert next(built(source(5))) == 1


def test_a_function_without_a_name_cannot_be_called_in_the_sandbox() -> None:
    """An argument that was a lambda is held, and calling it is no outcome of the target."""
    with pytest.raises(WireError):
        built(lambda: 1)()


def test_recursive_closures_and_local_classes_can_be_compared() -> None:
    """Functions that refer to themselves, and classes made by a call, encode and differ."""

    def make(step: int) -> Any:
        def count(n: int) -> int:
            return n and step + count(n - 1)

        return count

    assert encode(make(1)) == encode(make(1)) != encode(make(2))

    def kind(step: int) -> Any:
        class Local:
            def method(self) -> int:
                return step

        return Local

    assert encode(kind(1)) == encode(kind(1)) != encode(kind(2))


def test_very_deep_values_are_refused() -> None:
    """Nesting beyond the limit is a WireError, not a crash."""
    deep: Any = []
    for _ in range(wire.MAX_DEPTH + 1):
        deep = [deep]
    with pytest.raises(WireError):
        encode(deep)


samples = [
    encode(item)
    for item in (
        [1, -1, 2**70, -(2**70), 1.5, "a", "\ud800", b"x", 1j, ..., None, True],
        [{1: [2]}, {3}, frozenset({4}), bytearray(b"a"), range(3), (5,)],
        [decimal.Decimal(1), fractions.Fraction(1, 2), uuid.UUID(int=1), datetime.date(2020, 1, 1)],
        [collections.deque([1]), collections.Counter("a"), collections.OrderedDict(a=1), slice(1)],
        [array.array("i", [1]), numpy.eye(2), numpy.float32(1), numpy.array(["a", None])],
        [iter([1]), ValueError("a"), int, len, lambda: 1, pathlib.Path("a"), list(range(20))],
        [numpy.zeros(1, dtype=[("a", "i4")]), numpy.dtype("f4"), Object("a", "B", ("x", 1))],
    )
]


def is_harmless(item: Any) -> bool:
    """Whether a decoded value, however odd, can be sent, or refused, again."""
    try:
        encode(item)
    except WireError:
        return True
    return True


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of dtype names
@settings(max_examples=500, deadline=None)
@given(st.sampled_from(samples), st.data())
def test_mutated_bytes_are_refused_or_decode_to_data(valid: bytes, draw: st.DataObject) -> None:
    """Valid bytes with parts changed, cut, repeated or spliced give data or a WireError only."""
    data = bytearray(valid)
    for _ in range(draw.draw(st.integers(1, 4))):
        at = draw.draw(st.integers(0, max(len(data) - 1, 0)))
        change = draw.draw(st.sampled_from(["flip", "cut", "repeat", "splice", "insert"]))
        if change == "flip" and data:
            data[at] = draw.draw(st.integers(0, 255))
        elif change == "cut":
            del data[at : at + draw.draw(st.integers(1, 8))]
        elif change == "repeat":
            data[at:at] = data[at : at + 8]
        elif change == "splice":
            other = draw.draw(st.sampled_from(samples))
            data[at:] = other[min(at, len(other)) :]
        else:
            data[at:at] = draw.draw(st.binary(max_size=4))
    try:
        found = decode(bytes(data))
    except WireError:
        return
    assert is_harmless(found)


@RUNS
@given(st.binary(max_size=60))
def test_random_bytes_are_refused_or_decode_to_data(data: bytes) -> None:
    """Bytes of no sender at all give data or a WireError only."""
    try:
        found = decode(data)
    except WireError:
        return
    assert is_harmless(found)


def node(tag: int, *parts: bytes) -> bytes:
    return head(6, tag) + head(4, len(parts)) + b"".join(parts)


def laughs(levels: int, tag: int) -> bytes:
    """Tuples (or frozensets), each holding the next one twice by reference."""
    found = head(6, values.SHAREABLE) + head(6, tag) + head(4, 1) + head(0, 1)
    for level in range(levels):
        inner = found + head(6, values.SHARED) + head(0, levels - level)
        found = head(6, values.SHAREABLE) + head(6, tag) + head(4, 2) + inner
    return head(6, values.SET) + head(4, 1) + found


OS_SYSTEM = node(values.NAMED, encode("builtin"), encode("os"), encode("system"))
HOSTILE = {
    "truncated": encode([1, 2, 3])[:-1],
    "left over": encode(1) + b"\0",
    "empty": b"",
    "endless list": b"\x9b" + b"\xff" * 8,
    "endless bytes": b"\x5b" + b"\xff" * 8,
    "huge bytearray": head(6, values.BYTEARRAY) + encode(1 << 45),
    "unknown tag": head(6, 99) + b"\0",
    "reference to nothing": head(6, values.SHARED) + b"\0",
    "deep": b"\x81" * 100_000,
    "tuple in itself": head(6, values.SHAREABLE) + node(values.TUPLE, b"\xd8\x1d\0"),
    "shared tuples": laughs(60, values.TUPLE),
    "shared frozensets": laughs(60, values.FROZENSET),
    "unhashable key": head(5, 1) + encode([]) + b"\0",
    "calls a function": node(
        values.OBJECT,
        encode("decimal"),
        encode("Decimal"),
        encode(("reduce", Named("builtin", "os", "system"), ("true",), None, None, None)),
    ),
    "imports a module": node(
        values.OBJECT,
        encode("array"),
        encode("array"),
        encode(
            ("reduce", Named("builtin", "array", "_array_reconstructor"),
             (Named("class", "antigravity", "fly"), "i", 18, b""), None, None, None)
        ),
    ),
    "bad decimal": node(
        values.OBJECT,
        encode("decimal"),
        encode("Decimal"),
        encode(("reduce", Named("class", "decimal", "Decimal"), ("x y",), None, None, None)),
    ),
    "fraction of lists": node(
        values.OBJECT,
        encode("fractions"),
        encode("Fraction"),
        encode(("state", None, None, {"_numerator": [], "_denominator": "a"})),
    ),
    "array of a wild size": head(6, values.ARRAY) + head(4, 2) + encode([1 << 40]) + head(6, 86)
    + encode(b"12345678"),
    "array of pointers": head(6, values.ARRAY) + head(4, 2) + encode([1])
    + node(values.DTYPED, encode("|O,i4"), encode(b"1" * 12)),
    "names that are lists": node(values.NAMED, encode([]), encode([]), encode([])),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_bytes_are_refused(name: str) -> None:
    """Each trick on the parent's decoder is a WireError, quickly, and imports or calls nothing."""
    before = set(sys.modules)
    with pytest.raises(WireError):
        decode(HOSTILE[name])
    assert "antigravity" not in set(sys.modules) - before


def test_a_lying_class_is_only_a_name_to_the_parent() -> None:
    """A class name that would be dangerous to import stays text in the parent's hands."""
    found = decode(node(values.OBJECT, encode("os"), encode("system"), encode("true")))
    assert (type(found), found.module, found.state) == (Object, "os", "true")
    assert type(decode(OS_SYSTEM)) is Named


def test_the_wire_needs_no_numpy() -> None:
    """An interpreter without numpy sends and reads all else, and refuses arrays as malformed."""
    drivers = Path(wire.__file__).parent
    code = f"""
import sys, importlib.util
sys.modules["numpy"] = None
spec = importlib.util.spec_from_file_location("d", {str(drivers / "__init__.py")!r},
    submodule_search_locations=[{str(drivers)!r}])
sys.modules["d"] = importlib.util.module_from_spec(spec)
from d.wire import encode
from d.unwire import decode
from d.values import WireError
assert decode(encode([1, {{"a": (2.5, {{3}})}}])) == [1, {{"a": (2.5, {{3}})}}]
try:
    decode(bytes.fromhex({encode(numpy.eye(1)).hex()!r}))
except WireError:
    print("refused")
"""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "refused", done.stderr
