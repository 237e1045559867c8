"""Texts of an input that quote one another."""

from pathlib import Path

from perfbot.sandbox.edit import Edit
from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.choices import SeededChoices
from perfbot.sandbox.inputs.quoting import everywhere, quote, quoted_in_turn, texts_in
from perfbot.sandbox.inputs.signature import signature_of
from perfbot.sandbox.inputs.strategy import samples
from perfbot.sandbox.verify import judge
from tests.opened import opened_project

FILL = '''\
"""Templates."""


def fill(template: str, values: dict[str, str]) -> str:
    """The template with each ${name} replaced by its value; names without one stay."""
    out = ""
    at = 0
    while at < len(template):
        end = template.find("}", at)
        if template.startswith("${", at) and end != -1 and template[at + 2 : end] in values:
            out = out + values[template[at + 2 : end]]
            at = end + 1
        else:
            out = out + template[at]
            at += 1
    return out
'''
SUITE = """\
from templates import fill


def test_fill():
    text = "Dear ${name}, you owe ${sum}."
    assert fill(text, {"name": "Ann", "sum": "10"}) == "Dear Ann, you owe 10."
    assert fill(text, {}) == text
"""
HEAD = FILL[: FILL.index('    out = ""')]
AGAIN = """\
    for name, value in values.items():
        template = template.replace("${" + name + "}", value)
    return template
"""
WORDS = """\
    import re

    return re.sub(r"\\$\\{(\\w+)\\}", lambda found: values.get(found[1], found[0]), template)
"""
PARTS = """\
    out = []
    at = 0
    while (start := template.find("${", at)) != -1 and (end := template.find("}", start)) != -1:
        value = values.get(template[start + 2 : end])
        if value is None:
            out.append(template[at : start + 1])
            at = start + 1
        else:
            out += (template[at:start], value)
            at = end + 1
    out.append(template[at:])
    return "".join(out)
"""
TEMPLATE = {"template": "a ${b} c ${d}", "values": {"b": "B", "d": "D"}}


def test_texts_are_found_with_their_places() -> None:
    """Keys and values, at any depth; nothing where there are no two, or none is in a container."""
    found = [(item.name, item.place, item.text, item.is_key) for item in texts_in(TEMPLATE)]
    assert found == [
        ("template", (), "a ${b} c ${d}", False),
        ("values", ("b",), "B", False),
        ("values", ("b",), "b", True),
        ("values", ("d",), "D", False),
        ("values", ("d",), "d", True),
    ]
    assert len(texts_in({"pairs": [("a", "b"), ("c", "d")]})) == 4
    assert texts_in({"text": "a", "part": "b"}) == []
    assert texts_in({"words": ["a"]}) == []


def test_quoting_changes_texts_alone_and_shares_nothing() -> None:
    """The same types in the same places, and the input is left as it was."""
    before = repr(TEMPLATE)
    for seed in range(200):
        made = quote(TEMPLATE, texts_in(TEMPLATE), SeededChoices(seed))
        assert made.keys() == TEMPLATE.keys()
        values = made["values"]
        assert isinstance(values, dict) and values is not TEMPLATE["values"]
        assert all(isinstance(item, str) for pair in values.items() for item in pair)
    assert repr(TEMPLATE) == before


def test_a_text_is_respelt_in_keys_and_items() -> None:
    """Whatever is no text stays."""
    value = {"ab": ["xaby", 3, ("ab",)], "c": None}
    assert everywhere(value, "ab", "a-b") == {"a-b": ["xa-by", 3, ("a-b",)], "c": None}


def test_each_value_gets_a_marked_name_in_turn() -> None:
    """And the first name gets characters that a pattern for names leaves out."""
    signature = signature_of("def f(template: str, values: dict[str, str]): ...")
    made = [item.args for item in quoted_in_turn(signature, [Arguments((), TEMPLATE)])]
    assert ("a ${b} c ${d}", {"b": "${d}", "d": "D"}) in made
    assert ("a ${b} c ${d}", {"b": "B", "d": "${b}"}) in made
    assert ("a ${-b} c ${d}", {"-b": "B", "d": "D"}) in made
    assert ("a ${} c ${d}", {"": "B", "d": "D"}) in made
    assert not list(quoted_in_turn(signature, [Arguments(("a", {}), {})]))
    assert not list(quoted_in_turn(signature, [Arguments(("a", {"c": "b"}), {})]))
    unsaid = signature_of("def f(template, values): ...")
    assert not list(quoted_in_turn(unsaid, [Arguments((), TEMPLATE)]))


def test_draws_quote_too() -> None:
    """A value that holds another's marked name comes of itself."""
    signature = signature_of("def f(template: str, values: dict[str, str]): ...")
    made = samples(signature, [Arguments((), TEMPLATE)], count=2000, seed=2)
    values = [item.args[1] for item in made if len(item.args) == 2]
    assert any("${" in str(text) for item in values if type(item) is dict for text in item.values())


def test_templates_filled_in_another_way(tmp_path: Path) -> None:
    """One value after the other, and for word characters only, are refuted."""
    files = {"templates_py": FILL, "test_templates_py": SUITE}
    with opened_project(tmp_path, "fill", **files) as session:
        for body, decision in ((AGAIN, "refuted"), (WORDS, "refuted"), (PARTS, "survived")):
            trial = judge(session.baseline, Edit(HEAD + body))
            assert trial.decision == decision, (body, trial.reason)
