"""Every rare character gets into every argument that may be any string."""

from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.characters import LAST, RARE, with_rare_characters
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
