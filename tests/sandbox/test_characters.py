"""Every rare character gets into every argument that may be any string."""

from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.characters import (
    AROUND,
    LAST,
    RARE,
    respelt,
    with_numbers_respelt,
    with_rare_characters,
)
from perfbot.sandbox.inputs.signature import signature_of

LISTS = "def f(words: list[str]): ..."
OBSERVED = [Arguments(("", "x", 1), {}), Arguments(("abc", "x", 1), {})]


def test_each_is_doubled_inside_or_stands_around_an_observed_string() -> None:
    """Inside twice; before, behind or alone, where it may be stripped; behind a letter."""
    signature = signature_of("def f(a: str, b, c: int): ...")
    made = [item.args for item in with_rare_characters(signature, OBSERVED)]
    expected = [f"ab{character * 2}c" for character in RARE]
    expected += RARE
    for character in AROUND:
        expected += [f"{character}abc", f"abc{character}"]
    expected += [character for character in AROUND if character not in RARE]
    expected += [f"abc{character}" for character in LAST]
    assert made == [(text, "x", 1) for text in expected]
    assert {"ab\n\nc", "abcΣ", "\x0babc", "\x0c", "\x1f", "İ"} < set(expected)


def test_an_item_of_a_list_changes_alone() -> None:
    """The first that is not empty; the list that was observed stays as it is."""
    seen = [Arguments((["", "abc", "x"],), {})]
    made = [item.args[0] for item in with_rare_characters(signature_of(LISTS), seen)]
    assert ["", "abc\x0b", "x"] in made and ["", "ab\r\rc", "x"] in made
    assert all(item[0] == "" and item[2] == "x" for item in made)  # type: ignore[index]
    assert seen[0].args == (["", "abc", "x"],)


def test_strings_without_an_annotation_keep_to_what_was_seen() -> None:
    for header in ("def f(a, b, c): ...", "def f(a: Path, b, c): ...", "def f(*a: str): ..."):
        assert list(with_rare_characters(signature_of(header), OBSERVED)) == []


def test_letters_are_replaced_by_what_equals_them_without_case() -> None:
    """Also inside lists: what `re.IGNORECASE` takes for an s is not what `lower` makes one."""
    signature = signature_of("def f(words: list[str], n: int): ...")
    made = [item.args for item in respelt(signature, [Arguments((["Yes", "no"], 1), {})])]
    assert made == [(["Ye\u017f", "no"], 1)]
    assert list(respelt(signature_of("def f(a, b): ..."), OBSERVED)) == []


def test_numbers_in_a_text_are_respelt_beside_what_was_observed() -> None:
    """Every spelling of the last number, for the inputs with the shortest texts that hold one."""
    header = signature_of("def f(document: dict[str, int], path: str, name: object): pass")
    seen = [Arguments(({"a": 1}, path, path), {}) for path in ("/x/12", "/none", "/y/3/z", "")]
    made = [item.args for item in with_numbers_respelt(header, seen)]
    assert {args[0]["a"] for args in made} == {1}  # type: ignore[index]
    paths = [args[1] for args in made if args[2] == "/x/12"]
    assert {"/x/-12", "/x/+12", "/x/ 12", "/x/012", "/x/1_2", "/x/\u0661", "/x/12.0"} <= {*paths}
    assert "/y/-3/z" in [args[1] for args in made]
    assert {args[2] for args in made} == {"/x/12", "/y/3/z"}
    assert not list(with_numbers_respelt(signature_of("def f(a, path): pass"), seen))
