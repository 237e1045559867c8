"""Numbers that bytes hold, NaN above all, are written into buffers that were observed."""

import math
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from perfbot.optimizer.session import Session
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.punned import LEAST, MOST, with_punned_numbers
from perfbot.sandbox.inputs.signature import POSITIONAL_ONLY, Parameter, Signature, signature_of
from perfbot.sandbox.verify import judge
from tests.opened import opened_project

BYTE = "Annotated[int, annotated_types.Ge(0), annotated_types.Le(255)]"
HIGHEST = '''\
import struct


def highest(data: bytes) -> float:
    """The highest of the 32-bit floats in data; 0.0 where there is none."""
    best = 0.0
    for at in range(0, len(data) - 3, 4):
        (value,) = struct.unpack_from("<f", data, at)
        if not at or value > best:
            best = value
    return best
'''
SUITE = """\
import struct

from readings import highest


def test_highest():
    for count in (3, 12, 400):
        values = [item * 7919 % 101 / 4 for item in range(count)]
        assert highest(struct.pack(f"<{count}f", *values)) == max(values)
    assert highest(b"") == 0.0
"""
EDIT = """\
def highest(data: bytes) -> float:
    \'\'\'The highest of the 32-bit floats in data; 0.0 where there is none.\'\'\'
    values = [value for (value,) in struct.iter_unpack("<f", data[: len(data) // 4 * 4])]
    return {highest}
"""


def floats_in(data: bytes) -> list[float]:
    """The 32-bit floats at multiples of four."""
    return [item for (item,) in struct.iter_unpack("<f", data[: len(data) // 4 * 4])]


def test_each_number_stands_alone_and_all_stand_together() -> None:
    """The size stays, and NaN is among the first and the second numbers."""
    signature = signature_of("def f(data, n): pass")
    data = struct.pack("<25f", *range(25))
    made = [item.args for item in with_punned_numbers(signature, [Arguments((data, 3), {})])]
    assert {len(changed) for changed, _ in made} == {100} and {n for _, n in made} == {3}
    for place in (0, 1):
        assert any(math.isnan(floats_in(changed)[place]) for changed, _ in made)
    assert any(math.isinf(floats_in(changed)[1]) for changed, _ in made)
    together = [changed for changed, _ in made if len(set(map(repr, floats_in(changed)))) > 20]
    assert any(sum(not math.isfinite(item) for item in floats_in(it)) > 2 for it in together)


@pytest.mark.parametrize(
    ("annotation", "value", "is_buffer"),
    [
        ("", b"\0" * LEAST, True),
        ("", bytearray(LEAST), True),
        ("", b"\0" * (LEAST - 1), False),
        ("", b"\0" * (MOST + 1), False),
        ("", "text of characters", False),
        ("", [1, 2, 3, 4, 5, 6, 7, 8], False),
        (f"list[{BYTE}]", [1, 2, 3, 4, 5, 6, 7, 8], True),
        ("list[Annotated[int, annotated_types.Ge(0)]]", [1, 2, 3, 4, 5, 6, 7, 8], False),
    ],
)
def test_buffers_are_bytes_and_lists_of_8_bit_integers(
    annotation: str, value: object, is_buffer: bool
) -> None:
    """Of Python a list of ints is nobody's memory."""
    signature = Signature((Parameter("data", POSITIONAL_ONLY, annotation),))
    made = list(with_punned_numbers(signature, [Arguments((value,), {})]))
    assert bool(made) is is_buffer
    assert all(type(item.args[0]) is type(value) for item in made)


def test_signed_bytes_stay_signed() -> None:
    """Where one of them was negative, none is above 127."""
    kind = "list[Annotated[int, annotated_types.Ge(-128), annotated_types.Le(127)]]"
    signature = Signature((Parameter("data", POSITIONAL_ONLY, kind),))
    made = list(with_punned_numbers(signature, [Arguments(([-1, 2] * 8,), {})]))
    assert made and all(-128 <= item <= 127 for it in made for item in it.args[0])  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """A function that reads floats from bytes, opened once."""
    folder: Path = tmp_path_factory.mktemp("punned")
    with opened_project(folder, "highest", readings_py=HIGHEST, test_readings_py=SUITE) as opened:
        yield opened


@pytest.mark.parametrize(
    ("highest", "refuted"),
    [
        ("sorted(values)[-1] if values else 0.0", True),
        ("max((it for it in values if it == it), default=0.0)", True),
        ("max(values, default=0.0)", False),
        ("-min(-value for value in values) if values else 0.0", False),
    ],
    ids=["sorted", "without NaN", "the built-in", "negated"],
)
def test_edits_that_only_numbers_in_bytes_tell_apart(
    session: Session, highest: str, refuted: bool
) -> None:
    """NaN before and between numbers is what random bytes nearly never hold."""
    source = HIGHEST[: HIGHEST.index("def ")] + EDIT.format(highest=highest)
    trial = judge(session.baseline, Edit(source))
    assert (trial.decision == "refuted") is refuted, (trial.decision, trial.reason)
