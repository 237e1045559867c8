"""The bandit learns what pays, and what it learnt survives kills, damage and other processes."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from perfbot.agents.bandit import Bandit, costs, tallies
from perfbot.agents.experience import MOST_RUNS, Experience, Tally, rows_of, tallies_of
from perfbot.agents.routing import Outcome, Route

CHEAP, STRONG = Route("cheap"), Route("strong", "analyse")
BOTH = (CHEAP, STRONG)


def _asked(route: Route, gain: float, tokens: int = 1000, usd: float | None = 0.01) -> Outcome:
    return Outcome(route, gain, tokens, usd)


def _drawn(bandit: Bandit, outcomes: list[Outcome], times: int = 400) -> Counter[Route]:
    """How often each route is drawn over many seeds."""
    found: Counter[Route] = Counter()
    for seed in range(times):
        bandit.seed = seed
        found[bandit.choose(outcomes, len(outcomes))[0]] += 1
    return found


def test_nothing_known_means_every_route_is_tried() -> None:
    """Over seeds each route comes up about as often; for one seed and number always the same."""
    drawn = _drawn(Bandit(BOTH, 0), [])
    assert min(drawn.values()) > 120
    assert Bandit(BOTH, 7).choose([], 3) == Bandit(BOTH, 7).choose([], 3)
    numbers = {Bandit(BOTH, 7).choose([], number)[0] for number in range(20)}
    assert numbers == set(BOTH)


def test_what_pays_is_asked_more() -> None:
    """At equal cost the route with the gains; where both gain alike the one that costs less."""
    gains = [_asked(CHEAP, 1.0)] * 15 + [_asked(STRONG, 10.0)] * 15
    assert _drawn(Bandit(BOTH, 0), gains)[STRONG] > 380
    alike = [_asked(CHEAP, 3.0, usd=0.001)] * 15 + [_asked(STRONG, 3.0, usd=0.02)] * 15
    assert _drawn(Bandit(BOTH, 0), alike)[CHEAP] > 360


def test_a_dear_route_that_gains_enough_is_worth_it() -> None:
    """Ten times the price for a sure gain against a cheap one that never gains."""
    outcomes = [_asked(CHEAP, 1.0, usd=0.001)] * 60 + [_asked(STRONG, 10.0, usd=0.01)] * 60
    assert _drawn(Bandit(BOTH, 0), outcomes)[STRONG] > 200


def test_what_other_runs_came_to_counts_too() -> None:
    """A run without a request of its own draws by what was known before it began."""
    before = {CHEAP: Tally(30, 0.0, 30_000, 0.3), STRONG: Tally(30, 30.0, 30_000, 0.3)}
    assert _drawn(Bandit(BOTH, 0, before), [])[STRONG] > 390
    assert "30 times" in Bandit(BOTH, 0, before).choose([], 0)[1]


def test_costs_are_dollars_where_all_are_known() -> None:
    """Else tokens; also where all is free: a local server's dollars tell nothing."""
    known = {CHEAP: Tally(2, 0, 4000, 0.01), STRONG: Tally(1, 0, 1000, 0.02)}
    assert costs(known) == {CHEAP: pytest.approx(0.25), STRONG: 1.0}
    unknown = {**known, STRONG: Tally(1, 0, 1000, None)}
    assert costs(unknown) == {CHEAP: 1.0, STRONG: 0.5}
    free = {CHEAP: Tally(2, 0, 4000, 0.0), STRONG: Tally(1, 0, 1000, 0.0)}
    assert costs(free) == {CHEAP: 1.0, STRONG: 0.5}
    assert costs({}) == {}


def test_outcomes_are_summed_by_route() -> None:
    """Rewards, tokens and dollars add up; one unknown price makes the sum unknown."""
    found = tallies([_asked(CHEAP, 10.0), _asked(CHEAP, 1.0, usd=None), _asked(STRONG, 1.0)])
    assert found == {CHEAP: Tally(2, 1.0, 2000, None), STRONG: Tally(1, 0.0, 1000, 0.01)}
    assert tallies_of(json.loads(json.dumps(rows_of(found)))) == found


def test_a_round_that_is_counted_again_counts_once(tmp_path: Path) -> None:
    """A run's sums replace those kept of it; other runs see them, it does not see its own."""
    path = tmp_path / "state" / "one.json"
    mine, other = Experience(path, "b"), Experience(path, "c")
    for _ in range(3):
        Bandit(BOTH, 0, {}, mine).learn([_asked(STRONG, 10.0)])
    assert other.before() == {STRONG: Tally(1, 1.0, 1000, 0.01)}
    assert mine.before() == {}
    Bandit(BOTH, 0, {}, other).learn([_asked(STRONG, 1.0), _asked(CHEAP, 1.0)])
    third = Experience(path, "d").before()
    assert third[STRONG] == Tally(2, 1.0, 2000, 0.02)
    assert set(third) == {STRONG, CHEAP}


def test_old_runs_are_forgotten(tmp_path: Path) -> None:
    """The file stays small: the runs with the latest names are kept."""
    path = tmp_path / "one.json"
    for number in range(MOST_RUNS + 3):
        Experience(path, f"{number:04}").keep({CHEAP: Tally(1, 0.0, 1, 0.0)})
    kept = json.loads(path.read_text())["runs"]
    assert len(kept) == MOST_RUNS
    assert "0002" not in kept


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", '{"format": 9, "runs": {}}', '{"format": 1}', '{"format": 1, "runs": []}',
        '{"format": 1, "runs": {"a": 3}}', '{"format": 1, "runs": {"a": [["m", "s"]]}}',
        '{"format": 1, "runs": {"a": [["m", "", -1, 0, 0, 0]]}}',
        '{"format": 1, "runs": {"a": [["m", "", 1, 2.0, 0, 0]]}}',
        '{"format": 1, "runs": {"a": [["m", "", 1, NaN, 0, 0]]}}', "\x00\x01", "[" * 100_000,
    ],
)  # fmt: skip
def test_a_damaged_file_is_said_and_begun_afresh(tmp_path: Path, text: str) -> None:
    """The old one is put aside, not overwritten, and what is learnt from then on is kept."""
    path = tmp_path / "one.json"
    path.write_text(text)
    said: list[str] = []
    experience = Experience(path, "a", said.append)
    assert experience.before() == {}
    (warning,) = said
    assert "is damaged" in warning
    assert "begun afresh" in warning
    assert path.with_suffix(".damaged").read_text() == text
    experience.keep({CHEAP: Tally(1, 0.5, 10, None)})
    assert Experience(path, "b").before() == {CHEAP: Tally(1, 0.5, 10, None)}
    assert len(said) == 1


def test_a_place_that_cannot_be_written_costs_only_this(tmp_path: Path) -> None:
    """A file where the folder should be: a warning, once, and the run goes on."""
    (tmp_path / "state").write_text("")
    said: list[str] = []
    experience = Experience(tmp_path / "state" / "one.json", "a", said.append)
    for _ in range(2):
        experience.keep({CHEAP: Tally(1, 0.0, 1, 0.0)})
    assert len([text for text in said if "cannot be kept" in text]) == 1


_WRITER = """
import sys
from pathlib import Path
from perfbot.agents.experience import Experience, Tally
from perfbot.agents.routing import Route
number = 0
while True:
    number += 1
    tally = Tally(number, 0.0, number, 0.0)
    Experience(Path(sys.argv[1]), sys.argv[2]).keep({Route("m" * 2000): tally, Route("n"): tally})
"""


def test_a_kill_leaves_a_whole_file(tmp_path: Path) -> None:
    """Two processes write the same file until `kill -9`: what is there is read, both are in it."""
    path = tmp_path / "one.json"
    for _ in range(4):
        writers = [
            subprocess.Popen([sys.executable, "-c", _WRITER, str(path), name]) for name in "ab"
        ]
        end = time.monotonic() + 60
        while len(json.loads(path.read_text())["runs"] if path.exists() else ()) < 2:
            assert time.monotonic() < end
            time.sleep(0.02)
        time.sleep(0.1)
        for writer in writers:
            os.kill(writer.pid, signal.SIGKILL)
            writer.wait()
        said: list[str] = []
        (known,) = {tally.tries for tally in Experience(path, "a", said.append).before().values()}
        assert known > 0
        assert not said
    assert len(list(tmp_path.iterdir())) <= 3  # the file, its lock, what a kill left beside it
