"""The router that the options name, and what a run is given of what others learnt."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from perfbot.agents.bandit import Bandit
from perfbot.agents.experience import Experience, Tally
from perfbot.agents.policies.guided import Guided
from perfbot.agents.routing import ByComplexity, Outcome, Route, Routed
from perfbot.optimizer.config import Options
from perfbot.optimizer.ledger import Ledger, new_run, open_run
from perfbot.optimizer.routes import bandit, experience_file, models_of, routed
from perfbot.sandbox.languages.python import locate
from perfbot.sandbox.target import Target

ONE = Options(proposer="llm", model="openai/strong", api_base="http://x")
TWO = Options(
    proposer="llm", model="openai/strong", cheap_model="openai/cheap", api_base="http://x",
    cheap_api_base="http://y",
)  # fmt: skip


@pytest.fixture
def target(tmp_path: Path) -> Target:
    """`f` in a file: short, one loop, its parameter without a type."""
    (tmp_path / "m.py").write_text("def f(xs):\n    return [x for x in xs]\n")
    return locate(tmp_path, "m.py", "f", import_root=".")


@pytest.fixture
def ledger(target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    """A new run."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    run = new_run(target, base=None, options={})
    yield run
    run.close()


def _routing(values: dict[str, str]) -> Options:
    given = {"proposer": "llm", "model": "openai/strong", **values}
    return Options(**given)  # type: ignore[arg-type]


def test_one_model_is_asked_plainly_and_two_by_complexity(target: Target, ledger: Ledger) -> None:
    """Unless it is said otherwise; the policy itself steers where there is nothing to choose."""
    policy = Guided("openai/strong")
    assert routed(policy, target, ledger, ONE, 1, print) is policy
    by_default = routed(policy, target, ledger, TWO, 1, print)
    assert isinstance(by_default, Routed)
    assert isinstance(by_default.router, ByComplexity)
    for kind, expected in (("complexity", ByComplexity), ("bandit", Bandit)):
        found = routed(policy, target, ledger, _routing({"routing": kind}), 1, print)
        assert isinstance(found, Routed)
        assert isinstance(found.router, expected)


def test_the_share_of_the_profile_is_taken_from_the_run(target: Target, ledger: Ledger) -> None:
    """A function with most of it is worth the strong model at once; another is not."""
    policy = Guided("openai/strong")
    for share, model in (("0.2", "openai/cheap"), ("0.8", "openai/strong")):
        ledger.set_note("share", share)
        found = routed(policy, target, ledger, TWO, 1, print)
        assert isinstance(found, Routed)
        assert found.router.choose([], 0)[0].model == model


def test_each_model_has_its_server() -> None:
    """The cheap one's own where it is given, else that of the other."""
    assert [(item.name, item.api_base) for item in models_of(TWO)] == [
        ("openai/strong", "http://x"), ("openai/cheap", "http://y"),
    ]  # fmt: skip
    shared = _routing({"cheap_model": "openai/cheap", "api_base": "http://x"})
    assert [item.api_base for item in models_of(shared)] == ["http://x", "http://x"]
    assert [item.name for item in models_of(ONE)] == ["openai/strong"]


def test_a_resumed_run_draws_by_what_was_known_when_it_began(
    target: Target, ledger: Ledger
) -> None:
    """What other runs learn meanwhile counts from the next run on; its own sums go on."""
    path = experience_file(target.root)
    Experience(path, "0").keep({Route("openai/cheap"): Tally(3, 0.0, 30, None)})
    first = bandit(target.root, ledger, TWO, 7, print)
    drawn = [first.choose([], number) for number in range(12)]
    first.learn([Outcome(Route("openai/strong"), 2.0, 10, None)])
    sure = {Route("openai/strong", "analyse"): Tally(90, 90.0, 90, None)}
    Experience(path, "1").keep(sure)
    ledger.close()
    resumed = open_run(ledger.folder.name, resume=True)
    again = bandit(target.root, resumed, TWO, 7, print)
    assert [again.choose([], number) for number in range(12)] == drawn
    again.learn([Outcome(Route("openai/strong"), 2.0, 10, None)] * 2)
    resumed.close()
    known = Experience(path, "other").before()
    assert known[Route("openai/strong")].tries == 2
    later = new_run(target, base=None, options={})
    assert bandit(target.root, later, TWO, 7, print).before == known
    later.close()


def test_repositories_learn_apart(tmp_path: Path, ledger: Ledger) -> None:
    """By where they lie, and whatever their path holds."""
    names = {experience_file(tmp_path / name) for name in ("a", "b", "ü \n x")}
    assert len(names) == 3
    assert {path.parent for path in names} == {tmp_path / "state" / "perfbot" / "routing"}
