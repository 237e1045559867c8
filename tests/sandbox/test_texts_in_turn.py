"""Texts that few draws would hit get into every argument that may be any string."""

import pytest

from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.signature import signature_of
from perfbot.sandbox.inputs.texts_in_turn import NEARLY_ONE_LETTER, with_special_texts


def made(header: str, *observed: tuple[object, ...]) -> list[tuple[object, ...]]:
    """Argument tuples for a header and what was observed."""
    seen = [Arguments(args, {}) for args in observed]
    return [item.args for item in with_special_texts(signature_of(header), seen)]


def test_parts_that_overlap_themselves() -> None:
    """In either argument, of letters that both were seen to have; the third is as it was."""
    found = made("def f(text: str, word: str, n: int): ...", ("some words", "words", 4))
    assert {args[2] for args in found} == {4}
    overlapping = [
        (text, part)
        for text, part, _ in found
        if isinstance(text, str)
        and isinstance(part, str)
        and part[:1] != part[-1:]
        and text.count(part) < sum(text.startswith(part, at) for at in range(len(text)))
    ]
    assert overlapping
    assert any(
        sorted(str(text)) == sorted(str(part))
        and text != part
        and str(text)[:8] == str(part)[:8]
        and str(text)[-8:] == str(part)[-8:]
        for text, part, _ in found
    )
    # The letters are those that were seen, but for the texts that are about letters.
    others = {*"abcd", *"".join(map("".join, NEARLY_ONE_LETTER))}
    letters = {*"".join(str(args[0]) + str(args[1]) for args in found)} - {*"some words"}
    assert letters <= others


@pytest.mark.parametrize("pair", [("@", "`"), ("[", "{"), ("ß", "ss"), ("\u0130", "i")])
def test_texts_that_are_the_same_but_for_case_to_some(pair: tuple[str, str]) -> None:
    """One in each argument, by itself and within a text; in one text; in a list and beside it."""
    one, like = pair
    found = made("def f(a: str, b: str): ...", ("x", "y"))
    assert (one, like) in found and (like, one) in found
    assert (f"ab{one}cd", f"ab{like}cd") in found and (one + like, "y") in found
    found = made("def f(a: str, names: list[str]): ...", ("x", ["y"]))
    assert (one, [like, one]) in found and ("x", [one, like, one]) in found


def test_items_that_are_hard_to_tell_apart() -> None:
    """Lists of texts that differ behind a zero, and a text that is one of them."""
    found = made("def f(wanted: str, names: list[str]): ...", ("x", ["y"]))
    lists = [args for args in found if isinstance(args[1], list) and len(args[1]) == 3]
    assert any("\0" in args[1][0] and args[0] == args[1][0] for args in lists)  # type: ignore[operator]
    assert any(len(args[1][0]) == 1024 for args in lists)


def test_only_where_any_string_may_be_given() -> None:
    """Not where nothing, or something else, is annotated; and not without an input."""
    assert made("def f(a, b: int): ...", ("x", 1)) == []
    assert made("def f(a: str): ...") == []
