"""Texts that a polynomial hash takes for equal are made for the numbers of an edit."""

from functools import partial
from pathlib import Path

import pytest

from perfbot.sandbox.cpp import tokens
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.collisions import colliding, hashes_in, vanishing
from perfbot.sandbox.inputs.signature import literals_new_in, signature_of
from perfbot.sandbox.inputs.texts_in_turn import with_alike_texts
from perfbot.sandbox.verify import judge
from tests.opened import opened_project

PRIME, MERSENNE = 10**9 + 7, 2**61 - 1
COUNT = '''\
"""Texts."""


def count_matches(text: str, part: str) -> int:
    """How often the part begins in the text; overlaps count."""
    count = 0
    for start in range(len(text) - len(part) + 1):
        if text[start : start + len(part)] == part:
            count += 1
    return count
'''
SUITE = """\
from texts import count_matches


def test_count_matches():
    assert count_matches("aaaa", "aa") == 3
    assert count_matches("abcabc", "bc") == 2
    assert count_matches("a", "abc") == 0
"""
HASHED = '''\
"""Texts."""


def count_matches(text: str, part: str) -> int:
    """How often the part begins in the text; overlaps count."""
    size, base, modulus = len(part), 257, 10**9 + 7
    if size > len(text) or not size:
        return 0 if size else len(text) + 1
    highest = pow(base, size, modulus)
    wanted = found = count = 0
    for letter in part:
        wanted = (wanted * base + ord(letter)) % modulus
    for at, letter in enumerate(text):
        found = (found * base + ord(letter)) % modulus
        if at >= size:
            found = (found - ord(text[at - size]) * highest) % modulus
        if at >= size - 1 and found == wanted{check}:
            count += 1
    return count
'''
CHECKED = " and text.startswith(part, at - size + 1)"


def hashed(text: str, base: int, modulus: int) -> int:
    """The last letter has the lowest power."""
    value = 0
    for letter in text:
        value = (value * base + ord(letter)) % modulus
    return value


@pytest.mark.parametrize(
    ("base", "modulus"),
    [(257, PRIME), (31, 10**9 + 9), (131, MERSENNE), (256, 2**32), (26, 998_244_353)],
)
def test_the_sum_of_the_signed_powers_vanishes(base: int, modulus: int) -> None:
    """And not for want of powers."""
    signs = vanishing(base, modulus)
    assert signs is not None and any(signs)
    assert sum(sign * base**power for power, sign in enumerate(signs)) % modulus == 0


@pytest.mark.parametrize("modulus", [PRIME, MERSENNE])
def test_two_texts_have_one_hash(modulus: int) -> None:
    """One pair for hashes in which the last letter counts least, another for the first."""
    pairs = list(colliding([131, modulus], ("x", "z")))
    for one, other in pairs:
        assert one != other and {*one, *other} == {"x", "z"}
    (one, other), (turned, other_turned) = pairs
    assert hashed(one, 131, modulus) == hashed(other, 131, modulus)
    assert hashed(turned[::-1], 131, modulus) == hashed(other_turned[::-1], 131, modulus)


def test_which_numbers_are_taken_for_those_of_a_hash() -> None:
    """A mask stands for its power of two; small numbers are bases alone; other things nothing."""
    assert hashes_in([31, PRIME]) == [(31, PRIME)]
    assert hashes_in([256, 0xFFFFFFFF]) == [(256, 2**32)]
    assert hashes_in([31, 2**32]) == []
    assert hashes_in([31, 1000, 2**80, "a", 1.5, True]) == []
    small = [3, 4, 5, 6, 7, 8, 9, 10]
    assert hashes_in([*small, 10**9, 257, PRIME])[0] == (257, PRIME)


def test_how_moduli_are_written() -> None:
    """As sums and shifts, in C++ also of a float."""
    assert {PRIME, MERSENNE} <= {*literals_new_in("", "p = 10**9 + 7\nq = (1 << 61) - 1\n")}
    text = "const int P = 1e9 + 7; const auto Q = (1ULL << 61) - 1;"
    assert {PRIME, MERSENNE} <= {*tokens.literals(text)}


def test_the_texts_get_into_every_argument_that_holds_texts() -> None:
    """Behind each other, one in another argument or in a list; of letters that were seen."""
    signature = signature_of("def f(text, names, n): ...")
    seen = [Arguments(("abba", ["b", "a"], 3), {})]
    made = [
        item.args for item in with_alike_texts(signature, seen, partial(colliding, [31, PRIME]))
    ]
    assert {args[2] for args in made} == {3}
    one, other = next(iter(colliding([31, PRIME], ("a", "b"))))
    assert [(text, names) for text, names, _ in made][:4] == [
        (one + other, ["b", "a"]),
        (one + other[::-1], ["b", "a"]),
        (one, [other, one]),
        ("abba", [one, other, one]),
    ]
    assert list(with_alike_texts(signature, seen, partial(colliding, []))) == []
    numbers = [Arguments((1, [2], 3), {})]
    assert list(with_alike_texts(signature, numbers, partial(colliding, [31, PRIME]))) == []


def test_only_a_hash_that_is_checked_survives(tmp_path: Path) -> None:
    """The unchecked one counts a text of the same hash; also where only the check was left out."""
    checked, unchecked = (Edit(HASHED.format(check=check)) for check in (CHECKED, ""))
    for name, original in (("plain", COUNT), ("hashed", checked.file_source)):
        folder = tmp_path / name
        folder.mkdir()
        files = {"texts_py": original, "test_texts_py": SUITE}
        with opened_project(folder, "count_matches", **files) as session:
            wrong = judge(session.baseline, unchecked)
            assert wrong.decision == "refuted", wrong.reason
            assert "1 where the original has 0" in wrong.reason
            if name == "plain":
                right = judge(session.baseline, checked)
                assert right.decision == "survived", right.reason


def test_a_long_sum_is_no_trouble() -> None:
    """Only what people write for one number is folded: three operators deep."""
    assert 2**8 * 1024 - 1 in literals_new_in("", "n = 2**8 * 1024 - 1\n")
    many = "n = " + " + ".join(["1"] * 900) + "\n"
    assert set(literals_new_in("", many)) == {1, 2, 3, 4}
