"""Every rule against its own example, its counterexample, and an execution of both texts."""

import ast
import copy
from pathlib import Path

import pytest

from perfbot.agents.rules.engine import catalogue, describe, propose
from perfbot.agents.rules.rule import Rule
from perfbot.agents.rules.source import SourceFile, functions
from perfbot.sandbox.target import Target

RULES = catalogue()


def target_in(source: str, qualname: str = "f", turn: int = 0) -> Target:
    """A Target for the function of that name in a text."""
    file = SourceFile(source)
    node = [n for name, n in functions(file.tree) if name == qualname][turn]
    start, end = file.span(node)
    return Target(
        root=Path("/project"),
        path="module.py",
        qualname=qualname,
        module="module",
        import_root=".",
        file_source=source,
        start_byte=start,
        end_byte=end,
        start_line=source.encode()[:start].count(b"\n") + 1,
        end_line=node.end_lineno or node.lineno,
        kind="function",
        is_async=isinstance(node, ast.AsyncFunctionDef),
        is_generator=False,
    )


def by_rule(source: str, rule: str, qualname: str = "f") -> list[str]:
    """The texts that one rule proposes."""
    found = propose(target_in(source, qualname), source)
    return [proposal.edit.file_source for proposal in found if proposal.strategy == rule]


def outcome(source: str, arguments: str) -> object:
    """What `f` gives for the arguments: value or exception, and the arguments afterwards."""
    names: dict[str, object] = {}
    exec(compile(source, "module.py", "exec"), names)
    given = eval(f"({arguments},)" if arguments else "()", names)
    given = copy.deepcopy(given)
    function = names["f"]
    assert callable(function)
    try:
        value = function(*given)
    except Exception as error:  # noqa: BLE001 (whatever it raises is what gets compared)
        return type(error), error.args, repr(given)
    if hasattr(value, "__next__"):
        value = list(value)
    return type(value), repr(value), repr(given)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_example_fires(rule: Rule) -> None:
    """A rule proposes exactly the text that its example promises."""
    before, after = rule.example
    assert after in by_rule(before, rule.name)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_counterexample_is_left_alone(rule: Rule) -> None:
    """A rule proposes nothing for the function that only looks alike."""
    assert by_rule(rule.counterexample, rule.name) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_example_behaves_the_same(rule: Rule) -> None:
    """Both texts of an example give the same value, exception and arguments after the call."""
    before, after = rule.example
    assert rule.calls
    for arguments in rule.calls:
        assert outcome(after, arguments) == outcome(before, arguments), arguments


def test_names_are_unique() -> None:
    """No two rules share a name or a summary."""
    listed = describe()
    assert len({name for name, *_ in listed}) == len({entry[1] for entry in listed}) == len(RULES)
