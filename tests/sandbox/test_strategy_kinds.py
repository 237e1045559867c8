"""Annotations of the standard library's types: each refutes an edit that nothing else would."""

from pathlib import Path

import pytest

from tests.kinds import STANDARD, Kind, refuted_and_shown

USUAL = [
    Kind("union with None", "int | str | None", "3", "x is None"),
    Kind("Optional", "Optional[list[int]]", "[3]", "x is None"),
    Kind("nested generics", "dict[str, tuple[int, ...]]", "{'a': (1,)}", "() in x.values()",
         "sorted(x.items())"),
    Kind("literal", "Literal['asc', 'desc', 7]", "'asc'", "x == 7"),
    Kind("constrained TypeVar", "list[T]", "['a']", "b'' in x",
         header=STANDARD + "T = TypeVar('T', str, bytes)\n"),
    Kind("abstract sequence", "collections.abc.Sequence[int]", "[1]", "isinstance(x, tuple)"),
    Kind("one pass only", "Iterable[int]", "[1]", "iter(x) is x", "sum(x)"),
    Kind("callable", "Callable[[int], int]", "abs", "x(-2) != 2", "x(-2)"),
    Kind("path", "pathlib.Path", "pathlib.Path('a/b.txt')", "x.suffix == ''", "x.suffix"),
    Kind("date", "datetime.date", "datetime.date(2024, 1, 1)", "x.day == 29 and x.month == 2"),
    Kind("decimal", "Decimal", "Decimal('1.5')", "x.is_nan()"),
    Kind("bytes-like", "bytes | bytearray | memoryview", "b'abc'", "isinstance(x, memoryview)",
         "bytes(x)"),
    Kind("pattern", "re.Pattern[str]", "re.compile('a+')", "x.match('') is not None",
         "x.findall('aab1')"),
    Kind("recursive alias", "Json", "[1]", "isinstance(x, list) and [] in x",
         header=STANDARD + "Json: TypeAlias = 'int | list[Json] | dict[str, Json]'\n"),
]  # fmt: skip
RARER = [
    Kind("typing's generics", "Dict[str, List[Optional[float]]]", "{'a': [1.0]}",
         "any(None in v for v in x.values())"),
    Kind("alias of an alias", "Matrix", "[[1.0]]", "x == []",
         header=STANDARD + "Row = list[float]\nMatrix: TypeAlias = list[Row]\n"),
    Kind("NewType", "UserId", "UserId(3)", "x < 0",
         header=STANDARD + "UserId = NewType('UserId', int)\n"),
    Kind("bounded TypeVar", "T", "3", "x == ''",
         header=STANDARD + "T = TypeVar('T', bound=Union[str, bytes])\n"),
    Kind("annotated", "Annotated[int, 'x']", "3", "x < 0"),
    Kind("SupportsInt", "SupportsInt", "3", "int(x) < 0", "int(x)"),
    Kind("Sized", "Sized", "[1]", "len(x) == 0", "len(x)"),
    Kind("Hashable", "Hashable", "3", "isinstance(x, str)", "str(x)"),
    Kind("deque", "deque[int]", "deque([1])", "len(x) == 0"),
    Kind("Counter", "Counter[str]", "Counter('a')", "len(x) == 0", "x.most_common(1)"),
    Kind("defaultdict", "defaultdict[str, list[int]]", "defaultdict(list)", "len(x) == 1",
         "x['qq'], len(x)"),
    Kind("datetime", "datetime.datetime", "datetime.datetime(2024, 1, 1)", "x.tzinfo is not None"),
    Kind("timedelta", "datetime.timedelta", "datetime.timedelta(1)", "x.days < 0"),
    Kind("fraction", "Fraction", "Fraction(1, 2)", "x < 0"),
    Kind("complex", "complex", "1j", "x.real != x.real"),
    Kind("bytes", "bytes", "b'abc'", "x == b''"),
    Kind("bytearray", "bytearray", "bytearray(b'abc')", "len(x) == 0"),
    Kind("memoryview", "memoryview", "memoryview(b'abc')", "len(x) == 0", "bytes(x)"),
    Kind("text stream", "TextIO", "__import__('io').StringIO('a')", "x.getvalue() == ''",
         "x.read()"),
]  # fmt: skip


@pytest.mark.parametrize("kind", USUAL, ids=str)
def test_standard_types(kind: Kind, tmp_path: Path) -> None:
    """An edit that differs on a value that only the annotation allows is refuted, and shown."""
    refuted_and_shown(kind, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("kind", RARER, ids=str)
def test_rarer_standard_types(kind: Kind, tmp_path: Path) -> None:
    """The same for types that are seldom annotated, or much like one above."""
    refuted_and_shown(kind, tmp_path)
