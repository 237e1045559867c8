"""Inputs of programs: the format that examples show, and inputs drawn from it."""

import re

import pytest

from perfbot.sandbox.exploration import INSIDE, Source, arguments_of, smallest
from perfbot.sandbox.inputs.alike import STANDARD_INPUT
from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.choices import SeededChoices
from perfbot.sandbox.inputs.drawing import Drawing, Literals
from perfbot.sandbox.inputs.program_fields import is_tree
from perfbot.sandbox.inputs.program_format import Format, format_of
from perfbot.sandbox.inputs.program_grammar import (
    Block,
    Count,
    Line,
    Row,
    State,
    Tagged,
    grammar_of,
    lines_of,
    read,
)
from perfbot.sandbox.inputs.program_wider import wider
from perfbot.sandbox.inputs.scope import Scope
from perfbot.sandbox.inputs.signature import POSITIONAL_ONLY, Parameter, Signature

LIST = ("3\n1 2 3\n", "5\n5 4 3 2 1\n", "4\n9 9 7 7\n")
TABLE = ("2 3\n1 2 3\n4 5 6\n", "3 1\n7\n8\n9\n")
EDGES = ("4 2\n1 2\n3 4\n", "3 3\n1 2\n2 3\n3 1\n", "9 1\n2 9\n", "6 4\n1 1\n6 2\n3 6\n5 5\n")
TREES = ("4\n1 2\n1 3\n3 4\n", "2\n2 1\n", "7\n1 2\n1 3\n1 4\n1 5\n1 6\n7 1\n")
TESTS = ("2\n3\n1 2 3\n1\n9\n", "1\n2\n4 4\n", "3\n1\n5\n2\n8 1\n4\n1 1 1 1\n")
GRID = ("2 3\nabc\nxyz\n", "1 1\nq\n", "3 2\nab\nba\nbb\n")
TAGGED = ("3\npush 1\npop\npush 2\n", "4\npush 1\npush 1\npop\npop\n", "2\npush 5\npop\n")
RANGES = ("9 2\n1 5\n2 9\n", "5 3\n1 5\n2 4\n3 3\n", "7 2\n1 7\n4 6\n")


def drawn(texts: tuple[str, ...], count: int = 60, size: int = 8) -> list[str]:
    """Inputs of the format of `texts`."""
    found = format_of(texts)
    assert found.facts is not None
    return [found.draw(Drawing(SeededChoices(seed), size)) for seed in range(count)]


@pytest.mark.parametrize(
    ("texts", "parts"),
    [
        (LIST, (Line(1), Row(Count((0, 0))))),
        (TABLE, (Line(2), Block(Count((0, 0)), (Row(Count((0, 1))),)))),
        (EDGES, (Line(2), Block(Count((0, 1)), (Line(2),)))),
        (TREES, (Line(1), Block(Count((0, 0), -1), (Line(2),)))),
        (TESTS, (Line(1), Block(Count((0, 0)), (Line(1), Row(Count((1, 0, 0))))))),
        (GRID, (Line(2), Block(Count((0, 0)), (Line(1),)))),
        (TAGGED, (Line(1), Block(Count((0, 0)), (Tagged((("pop", 1), ("push", 2))),)))),
        (("12 7\n", "3 4\n"), (Line(2),)),
    ],
)
def test_the_format_of_examples(texts: tuple[str, ...], parts: tuple[object, ...]) -> None:
    """Numbers that say how many words or lines follow are found out."""
    assert grammar_of(texts) == parts


@pytest.mark.parametrize("texts", [("1 2\n3 4 5\n", "1\n"), ("",), ("a\nb c\n", "a b\n\nc\n")])
def test_no_format(texts: tuple[str, ...]) -> None:
    """Where no format reads every example, none is made up."""
    assert grammar_of(texts) is None


@pytest.mark.parametrize("texts", [LIST, TABLE, EDGES, TREES, TESTS, GRID, TAGGED, RANGES])
def test_drawn_inputs_are_of_the_format(texts: tuple[str, ...]) -> None:
    """Each drawn input is read by the format to its end, and they are not all the same."""
    parts = grammar_of(texts)
    assert parts is not None
    made = drawn(texts)
    for text in made:
        lines = lines_of(text)
        state = read(lines, State(), (), parts)
        assert state is not None and state.at == len(lines), text
    assert len(set(made)) > 20


@pytest.mark.parametrize("texts", [LIST, EDGES, RANGES])
def test_numbers_stay_in_the_ranges_seen(texts: tuple[str, ...]) -> None:
    """No drawn number is larger than the largest that an example has."""
    most = max(int(word) for text in texts for word in text.split())
    assert all(1 <= int(word) <= most for text in drawn(texts) for word in text.split())


def test_one_element_is_tried() -> None:
    """The least count is tried though no example has it."""
    assert any(text.startswith("1\n") for text in drawn(LIST))


def test_names_of_nodes_stay_within_their_number() -> None:
    """What never exceeds a number before it does not in drawn inputs either."""
    for text in drawn(EDGES):
        (nodes, _), *edges = lines_of(text)
        assert all(int(word) <= int(nodes) for words in edges for word in words), text


def test_trees_stay_trees() -> None:
    """Edges that made a tree in every example make one in drawn inputs."""
    for text in drawn(TREES):
        (nodes,), *edges = lines_of(text)
        assert is_tree(int(nodes), edges), text


def test_a_graph_with_a_circle_is_no_tree() -> None:
    """Neither a circle nor a node that is none is taken for a tree's."""
    assert is_tree(3, [("1", "2"), ("3", "2")])
    assert not is_tree(3, [("1", "2"), ("2", "1")])
    assert not is_tree(3, [("1", "2"), ("9", "2")])


def test_the_order_of_two_numbers_in_a_line() -> None:
    """From and to stay in their order where every example has them so."""
    for text in drawn(RANGES):
        _, *ranges = lines_of(text)
        assert all(int(first) <= int(last) for first, last in ranges), text


def test_words_are_as_long_as_a_number_says() -> None:
    """The rows of a grid keep its width."""
    for text in drawn(GRID):
        (_, width), *rows = lines_of(text)
        assert all(len(row[0]) == int(width) for row in rows), text


def test_literals_are_fed_in_where_they_are_in_range() -> None:
    """A number of the edit's text is tried, one outside of the range seen is not."""
    found = format_of(("5\n", "900\n"))
    literals = Literals(ints=(123, 5000))
    made = {found.draw(Drawing(SeededChoices(seed), 8, literals)) for seed in range(300)}
    assert "123\n" in made
    assert "5000\n" not in made


@pytest.mark.parametrize("texts", [LIST, TABLE, EDGES, TREES, TESTS, GRID, TAGGED])
def test_inputs_of_equal_cost_keep_the_counts(texts: tuple[str, ...]) -> None:
    """A variant has as many words in each line as the input that it is like."""
    found = format_of(texts)
    text = max(texts, key=len)
    widths = [len(words) for words in lines_of(text)]
    made = [found.like(text, seed) for seed in range(20)]
    if texts is not TAGGED:
        assert all([len(words) for words in lines_of(other)] == widths for other in made)
    assert all(len(lines_of(other)) == len(widths) for other in made)
    assert len(set(made)) > 2


def test_what_is_none_of_the_format_has_no_variants() -> None:
    """An input that the format does not read is given back as it is."""
    assert format_of(LIST).like("9\n1 2\n", 3) == "9\n1 2\n"


def test_without_a_format_single_words_change() -> None:
    """Lines and words of a copy stay as many; a number stays within those alike."""
    texts = ("b a\na\nb a\na c\n", "x 7\nx 9\nx 8\ny\n")
    found = format_of(texts)
    assert found.facts is None
    made = {found.draw(Drawing(SeededChoices(seed), 8)) for seed in range(80)}
    shapes = {tuple(map(len, lines_of(text))) for text in texts}
    assert {tuple(map(len, lines_of(text))) for text in made} <= shapes
    assert len(made) > 5
    assert all(int(word) <= 9 for text in made for word in re.findall(r"\d+", text))


def test_the_domain_in_words() -> None:
    """What was judged on names each place with its range."""
    told = format_of(LIST).told()
    assert told == ["int 1.1: 3 to 5", "int 2.1: 1 to 9"]
    nothing: Format = format_of(("1 2\n3 4 5\n", "1\n"))
    assert "no format" in nothing.told()[0]


def test_values_that_go_together_are_drawn() -> None:
    """Of a wide range some values sum up to the number before them, exactly or in 32 bits."""
    values = " ".join(str(at * 10**8) for at in range(-20, 21))
    texts = (f"41 -500000000\n{values}\n", "3 7\n1 2 1999999999\n", "2 0\n4 9\n")
    exact = wrapped = 0
    for text in drawn(texts, count=300, size=40):
        (_, total), row = lines_of(text)
        sums = {int(one) + int(other) - int(total) for one in row for other in row}
        exact += 0 in sums
        wrapped += bool({2**32, -(2**32)} & sums)
    assert exact > 10
    assert wrapped > 2


def test_hypothesis_finds_a_program_input() -> None:
    """What refutes is found and stays of the format while it is made smaller."""
    signature = Signature((Parameter("stdin", POSITIONAL_ONLY, STANDARD_INPUT),))
    observed = tuple(Arguments((text,), {}) for text in (*LIST, "9\n8 1 8 2 8 3 8 4 8\n"))

    def refutes(data: bytes) -> bool:
        _, row = lines_of(arguments_of(data).args[0])
        return len(row) >= 3 and int(row[2]) > int(row[1]) + 4

    source = Source(signature, observed, Scope(""), 40, None)
    found = smallest(source, refutes, seed=1, breaking=INSIDE)
    assert found is not None
    (count,), row = lines_of(arguments_of(found).args[0])
    assert int(count) == len(row) and refutes(found)


@pytest.mark.parametrize("texts", [LIST, TABLE, EDGES, TREES, TESTS, GRID, TAGGED, RANGES])
def test_wider_inputs_are_of_the_format_and_larger(texts: tuple[str, ...]) -> None:
    """Beyond the examples the format stays; counts and numbers exceed those seen."""
    parts = grammar_of(texts)
    assert parts is not None
    made = wider(format_of(texts), 4, 60, 5, ())
    for text in made:
        lines = lines_of(text)
        state = read(lines, State(), (), parts)
        assert state is not None and state.at == len(lines), text
    assert max(map(len, made)) > max(map(len, texts))


def test_wider_inputs_keep_what_few_examples_keep() -> None:
    """`k <= n` in three examples may be an accident; a wider input keeps it all the same."""
    texts = ("5 2\n1 9 3 7 5\n", "4 4\n8 2 1 6\n", "3 1\n2 1 7\n")
    made = wider(format_of(texts), 32, 90, 1, (77,))
    first = [tuple(map(int, text.split("\n")[0].split())) for text in made]
    assert all(1 <= k <= n for n, k in first)
    assert max(n for n, _ in first) > 50 and max(k for _, k in first) > 25
    values = [[int(word) for word in text.split("\n")[1].split()] for text in made]
    assert all(len(set(row)) == len(row) for row in values)
    assert max(map(max, values)) > 200 and any(77 in row for row in values)


def test_wider_inputs_stay_of_the_same_integer_type() -> None:
    """What fits into 32 bits in every example is not drawn larger, and what does not into 64."""
    small, large = ("1 2000000000\n", "2 -7\n"), ("1 3000000000\n", "9 4\n")
    numbers = [[int(text.split()[1]) for text in wider(format_of(t), 256, 60, 1, ())]
               for t in (small, large)]  # fmt: skip
    assert 2_000_000_000 < max(numbers[0]) < 2**31 and -(2**31) <= min(numbers[0]) < -7
    assert 3_000_000_000 < max(numbers[1]) < 2**63 and min(numbers[1]) >= 0
