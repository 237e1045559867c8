"""An original whose order depends on the hash seed fixes no order, not even where it seems to."""

import random
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from perfbot.sandbox.baseline import Baseline, prepare
from perfbot.sandbox.baseline_file import key_of, load, save
from perfbot.sandbox.drivers.wire import encode
from perfbot.sandbox.languages.python import locate
from perfbot.sandbox.outcome import Outcome
from perfbot.sandbox.project import Project
from perfbot.sandbox.settings import Settings
from perfbot.sandbox.timing_cases import agreement, timing_of
from perfbot.sandbox.workload import WorkloadFile

ORIGINAL = '''\
def distinct(words: list[str]) -> list[str]:
    """The words, each once, in any order."""
    return [word for word in set(words)]
'''
TESTS = "from mod import distinct\n\ndef test_it():\n    assert len(distinct(['b', 'a'])) == 2\n"
WORKLOAD = "def cases():\n    yield ([str(n * 7919 % 300) for n in range(400)],)\n"
SETTINGS = Settings(examples=60, mutants=6, measure_budget_s=15)


@pytest.fixture(scope="module")
def baseline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Baseline]:
    """The original, prepared once, with a cache of its own."""
    root = tmp_path_factory.mktemp("project")
    (root / "mod.py").write_text(ORIGINAL)
    (root / "test_mod.py").write_text(TESTS)
    target = locate(root, "mod.py", "distinct", import_root=".")
    path = tmp_path_factory.mktemp("workload") / "workload.py"
    path.write_text(WORKLOAD)
    made = prepare(
        Project(root, Path(sys.executable)), target, SETTINGS, WorkloadFile(path, WORKLOAD)
    )
    yield made
    made.close()


def other_order(baseline: Baseline, inputs: bytes, than: bytes) -> Outcome:
    """What the original answers under a hash seed by which the order is another."""
    answers = baseline.oracle.under_more_seeds(inputs)
    return next(answer for answer in answers if answer.body != than)


def test_an_order_that_eight_seeds_agree_on_refutes_nothing(baseline: Baseline) -> None:
    """Of 400 lists of two words some keep their order under eight seeds; none does under all."""
    draw = random.Random(5)
    looked = 0
    for _ in range(400):
        words = [str(draw.random()) for _ in range(2)]
        expected = baseline.oracle.ask(encode([[words], {}]))
        if expected.unordered:
            continue
        looked += 1
        actual = other_order(baseline, expected.inputs, expected.outcomes[0].body)
        assert baseline.oracle.judge(expected, actual) is None
        other = baseline.oracle.ask(encode([[words[:1]], {}])).outcomes[0]
        assert baseline.oracle.judge(expected, other) is not None
    assert looked > 100


def test_a_kept_baseline_compares_timed_answers_without_order(
    baseline: Baseline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a variant it knows only the bytes, and asks the original whether their order is fixed."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    timing_of(baseline)
    key = key_of(baseline.project, baseline.target, SETTINGS, None)
    save(baseline, key)
    kept = load(baseline.project, baseline.target, SETTINGS, None, key)
    assert kept is not None
    try:
        (case,) = timing_of(kept).cases
        inputs, expected = case.variants[-1], case.expected[-1]
        assert inputs not in kept.oracle.known
        actual = other_order(kept, inputs, expected.removeprefix(b"return")).timed_form()
        agree = agreement(kept)
        assert agree(inputs, expected, actual)
        another = kept.oracle.ask(case.variants[0]).outcomes[0].timed_form()
        assert not agree(inputs, expected, another)
    finally:
        kept.close()
