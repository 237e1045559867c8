"""Every rare character gets into every argument that may be any string."""

from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.characters import LAST, RARE, respelt, with_rare_characters
from perfbot.sandbox.inputs.signature import signature_of

OBSERVED = [Arguments(("", "x", 1), {}), Arguments(("abc", "x", 1), {})]


def test_each_is_doubled_inside_or_stands_at_the_end_of_an_observed_string() -> None:
    signature = signature_of("def f(a: str, b, c: int): ...")
    made = [item.args for item in with_rare_characters(signature, OBSERVED)]
    doubled = [(f"ab{character * 2}c", "x", 1) for character in RARE]
    assert made == doubled + [(f"abc{character}", "x", 1) for character in LAST]
    assert ("ab\n\nc", "x", 1) in made
    assert ("abcΣ", "x", 1) in made


def test_strings_without_an_annotation_keep_to_what_was_seen() -> None:
    for header in ("def f(a, b, c): ...", "def f(a: Path, b, c): ...", "def f(*a: str): ..."):
        assert list(with_rare_characters(signature_of(header), OBSERVED)) == []


def test_letters_are_replaced_by_what_equals_them_without_case() -> None:
    """Also inside lists: what `re.IGNORECASE` takes for an s is not what `lower` makes one."""
    signature = signature_of("def f(words: list[str], n: int): ...")
    made = [item.args for item in respelt(signature, [Arguments((["Yes", "no"], 1), {})])]
    assert made == [(["Ye\u017f", "no"], 1)]
    assert list(respelt(signature_of("def f(a, b): ..."), OBSERVED)) == []
