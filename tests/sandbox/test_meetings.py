"""Arguments that meet: what is looked for is there, or nearly; and large inputs of one element."""

import math

import pytest

from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.choices import SeededChoices
from perfbot.sandbox.inputs.growth import filled, grown, with_lengths
from perfbot.sandbox.inputs.meetings import (
    HASHED,
    alike_texts,
    meet,
    nearly,
    pairs_in,
    rearranged,
    rearranged_text,
    thue_morse,
)
from perfbot.sandbox.inputs.strategy import samples, signature_of

HEADERS = {
    "find": "def f(items: list[str], wanted: str): pass",
    "count": "def f(text: str, part: str): pass",
    "floats": "def f(values: list[float]): pass",
}


def drawn(name: str, count: int = 300) -> list[tuple[object, ...]]:
    """Argument tuples of one of the headers."""
    return [item.args for item in samples(signature_of(HEADERS[name]), count=count, seed=3)]


def test_what_is_looked_for_is_often_there() -> None:
    """In many draws the text is in the list, in many one that differs by one character."""
    found = nearly_there = 0
    for args in drawn("find"):
        if len(args) == 2 and isinstance(args[0], list) and isinstance(args[1], str):
            found += args[1] in args[0] and len(args[1]) > 1
            nearly_there += any(
                len(item) == len(args[1]) > 8 and item != args[1] and item[:8] == args[1][:8]
                for item in args[0]
            )
    assert found > 10 and nearly_there > 1


def test_a_part_is_often_in_the_text() -> None:
    """Also more than once."""
    pairs = [args for args in drawn("count", 900) if len(args) == 2]
    there = [text.count(part) for text, part in pairs if len(part) > 1]  # type: ignore[attr-defined, arg-type]
    assert sum(number > 0 for number in there) > 5 and max(there) > 1


def test_a_part_that_overlaps_itself() -> None:
    """Its occurrences in the text begin inside each other, though its ends differ."""

    def overlaps(text: object, part: object) -> bool:
        assert isinstance(text, str) and isinstance(part, str)
        at = text.find(part)
        later = text.find(part, at + 1)
        return part[:1] != part[-1:] and 0 <= at < later < at + len(part)

    assert sum(overlaps(*args) for args in drawn("count", 1000) if len(args) == 2) >= 2


@pytest.mark.parametrize(("base", "bits"), [(257, 32), (31, 32), (131, 64), (10**9 + 7, 64)])
def test_texts_that_a_polynomial_hash_takes_for_equal(base: int, bits: int) -> None:
    """A Thue-Morse text and its complement, from so many letters on."""

    def hashed(text: str) -> int:
        found = 0
        for letter in text:
            found = (found * base + ord(letter)) % 2**bits
        return found

    assert hashed(thue_morse(("a", "b"), 2)) != hashed(thue_morse(("b", "a"), 2))
    length = next(size for size in HASHED[::-1] if (size == 1024) == (bits == 64))
    assert hashed(thue_morse(("a", "b"), length)) == hashed(thue_morse(("b", "a"), length))
    assert thue_morse(("a", "b"), 8) == "abbabaab"


def test_such_texts_are_drawn() -> None:
    """As an argument pair, and as items of a list."""
    pairs = [args for args in drawn("count", 900) if len(args) == 2]
    assert any(len(str(one)) == len(str(other)) in HASHED and one != other for one, other in pairs)
    assert any(
        {len(item) for item in args[0]} & {*HASHED}
        for args in drawn("find", 1500)
        if args and isinstance(args[0], list)
    )


def test_marks_run_into_each_other() -> None:
    """Short literals of the code, letter by letter: `~01` of `~0` and `~1`."""
    header = signature_of("def f(path: str): pass")
    made = samples(header, count=600, seed=3, literals=["~0", "~1", "/", "a long literal"])
    assert any("~01" in str(item.args) for item in made)


def test_one_argument_is_drawn_anew_beside_an_observed_one() -> None:
    """The other argument is as it was."""
    header = signature_of("def f(document: object, path: str): pass")
    document = {"foo": ["bar", "baz"], "a name": 1}
    paths = ("/foo/1", "/foo/0", "/a name", "/foo/Bar", "/none-such")
    seen = [Arguments((document, path), {}) for path in paths]
    made = samples(header, seen, count=500, seed=3)
    beside = {item.args[1] for item in made if len(item.args) == 2 and item.args[0] == document}
    assert len(beside - {*paths}) > 10


def test_floats_that_cannot_be_ordered_stand_between_equal_ones() -> None:
    """`[1.0, nan, 1.0]` is what a sort does not bring together."""

    def parted(values: object) -> bool:
        assert isinstance(values, list)
        return any(
            b != b and a == c for a, b, c in zip(values, values[1:], values[2:], strict=False)
        )

    assert sum(parted(args[0]) for args in drawn("floats", 1000) if args) >= 3


@pytest.mark.parametrize("value", [7, 2.5, "some text", b"bytes", ""])
def test_nearly_is_another_value_of_the_type(value: object) -> None:
    """One step, or one character."""
    for seed in range(40):
        other = nearly(SeededChoices(seed), value)
        assert type(other) is type(value) and (other != value or value == "")
    assert math.isnan(nearly(SeededChoices(1), math.nan))  # type: ignore[arg-type]


def test_nothing_meets_what_is_of_other_types() -> None:
    """Only arguments that can hold each other are paired; an empty list says nothing."""
    bound = {"a": [1, "x"], "b": 2, "c": "text", "d": None, "e": [], "f": [1, 2], "g": "t"}
    assert sorted(pairs_in(bound)) == [("b", "f"), ("c", "g"), ("g", "c")]
    lists = {"a": [1], "b": [2, 3], "c": ["x"], "d": [], "e": [[1]], "f": [1.5]}
    assert sorted(pairs_in(lists)) == [("a", "b"), ("b", "a")]


def test_what_is_met_occurs() -> None:
    """The item is in the list, the part in the text, most of the time."""
    together = 0
    for seed in range(60):
        bound: dict[str, object] = {"items": [3, 8, 3], "wanted": 5}
        meet(bound, ("wanted", "items"), SeededChoices(seed))
        together += bound["wanted"] in bound["items"]  # type: ignore[operator]
    assert together > 30


def test_rearranged_items_are_nearly_the_same() -> None:
    """A permutation; the same items in other numbers; the same sum and number of other items."""
    text = "aabbccdd"
    found = [str(rearranged_text(SeededChoices(seed), text)) for seed in range(200)]
    assert {len(item) for item in found} == {len(text)} and set("".join(found)) == set(text)
    orders = [sorted(item) for item in found]
    assert 20 < orders.count(sorted(text)) < 180
    sums = [sum(map(ord, item)) == sum(map(ord, text)) for item in found]
    assert any(same and order != sorted(text) for same, order in zip(sums, orders, strict=True))
    assert type(rearranged_text(SeededChoices(1), b"\xff\xfe\x00")) is bytes
    assert rearranged(SeededChoices(1), []) == [] and rearranged(SeededChoices(1), ["x"]) == ["x"]


def test_texts_alike_end_differently() -> None:
    """Some are equal, most share all but one character."""
    made = alike_texts(SeededChoices(5), "word", 40)
    assert 1 < len(set(made)) <= 4
    assert max(map(len, made)) - min(map(len, made)) <= 2


def test_filled_inputs_hold_one_element_and_keep_lengths() -> None:
    """Each list or text is one element many times; a number that was its length is the new one."""
    drawn_once = [Arguments(([3, 9, 1], 3, "ab", 9.5), {}) for _ in range(30)]
    for made in filled(drawn_once, 700, 1):
        numbers, count, text, other = made.args
        assert isinstance(numbers, list) and isinstance(text, str)
        assert len(set(numbers)) == len(set(text)) == 1
        assert count == len(numbers) == len(text) == 700 and other == 9.5
    assert {made.args[0][0] for made in filled(drawn_once, 9, 2)} >= {9, 1}  # type: ignore[index]
    assert filled([Arguments((5, ""), {})], 10, 1) == []


def test_grown_inputs_keep_a_length_that_is_given_beside() -> None:
    """`f(data, n)` is called with as many as there are."""
    for made in grown([Arguments(([5, 5, 7], 3), {})], 50, 10, 2):
        numbers, count = made.args
        assert isinstance(numbers, list) and count == len(numbers) >= 50
    same = with_lengths(Arguments(([1], True), {}), Arguments(([1, 1], True), {}))
    assert same.args == ([1, 1], True)
