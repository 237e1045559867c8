"""The project's property tests: what their strategies draw reaches the target, and more of it."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from perfbot.sandbox.baseline import Baseline, prepare
from perfbot.sandbox.exploration import arguments_of
from perfbot.sandbox.languages.python import locate
from perfbot.sandbox.project import Project
from perfbot.sandbox.settings import Settings
from perfbot.sandbox.verdict import Status
from tests.kinds import judged

ORIGINAL = """\
class Order:
    def __init__(self, code, amounts):
        self.code = code
        self.amounts = amounts


def worth(order):
    return order.code, sum(order.amounts)


def largest(amounts):
    return max(amounts)
"""
TESTS = """\
from hypothesis import given
from hypothesis import strategies as st
from shop import Order, largest, worth

AMOUNTS = st.lists(st.integers(100, 999), min_size=1, max_size=6, unique=True).map(sorted)


@st.composite
def orders(draw):
    return Order(draw(st.sampled_from(["new", "paid", "sent"])), draw(AMOUNTS))


st.register_type_strategy(Order, orders())


@given(st.from_type(Order))
def test_worth(order):
    assert worth(order)[1] >= 100


@given(AMOUNTS)
def test_largest(amounts):
    assert largest(amounts) == amounts[-1]


def test_plain():
    assert largest([3, 1]) == 3
"""


@pytest.fixture(scope="module", params=["worth", "largest"])
def baseline(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Baseline]:
    """The project, prepared for each of its functions."""
    root = tmp_path_factory.mktemp("project")
    (root / "shop.py").write_text(ORIGINAL)
    (root / "test_shop.py").write_text(TESTS)
    target = locate(root, "shop.py", request.param, import_root=".")
    made = prepare(Project(root, Path(sys.executable)), target, Settings(examples=200), None)
    yield made
    made.close()


def test_what_the_strategies_draw_is_captured(baseline: Baseline) -> None:
    """Dozens of distinct calls come from one property, and later tests' calls still fit in."""
    assert len(baseline.replayed()) > 40
    if baseline.target.qualname == "largest":
        captured = [arguments_of(item.inputs).args for _, item in baseline.replayed()]
        assert ([3, 1],) in captured
    assert len(baseline.observed()) > 30


def test_similar_values_are_drawn(baseline: Baseline) -> None:
    """New inputs are of the kind that the strategies gave: of their range, and not the captured."""
    if baseline.target.qualname == "worth":
        assert len(baseline.corpus) > 3
        return
    captured = {item.inputs for _, item in baseline.replayed()}
    new = [item for item in baseline.corpus if item.inputs not in captured]
    assert len(new) > 60


def test_an_edit_that_differs_on_them_is_refuted(baseline: Baseline) -> None:
    """An edit is refuted that goes wrong for a fifth of what the strategies draw."""
    wrong = {
        "worth": ("return order.code,", "return order.code if len(order.amounts) < 5 else 'x',"),
        "largest": ("return max(amounts)", "return max(amounts[:5])"),
    }[baseline.target.qualname]
    assert judged(baseline, ORIGINAL.replace(*wrong)).status is Status.REFUTED
    assert judged(baseline, ORIGINAL).status is Status.SURVIVED
