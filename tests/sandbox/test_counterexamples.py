"""Inputs that refuted an edit are tried first on the next edit of the same function."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from perfbot.sandbox import counterexamples
from perfbot.sandbox.baseline import Baseline, prepare
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.exploration import inputs_of
from perfbot.sandbox.gates import replay
from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.languages.python import locate
from perfbot.sandbox.oracle import Expected
from perfbot.sandbox.outcome import Outcome
from perfbot.sandbox.project import Project
from perfbot.sandbox.settings import Settings
from perfbot.sandbox.target import Target
from perfbot.sandbox.verify import judge

ORIGINAL = '''\
def clamped(n: int, most: int) -> int:
    """n, but at most `most`."""
    found = n
    if found > most:
        found = most
    return found
'''


@pytest.fixture
def baseline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Baseline]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    root = tmp_path / "project"
    root.mkdir()
    (root / "clamp.py").write_text(ORIGINAL)
    (root / "test_clamp.py").write_text(
        "from clamp import clamped\n\ndef test_clamped():\n    assert clamped(5, 3) == 3\n"
    )
    target = locate(root, "clamp.py", "clamped", import_root=".")
    made = prepare(Project(root, Path(sys.executable)), target, Settings(examples=60), None)
    yield made
    made.close()


def test_the_same_mistake_is_found_at_once(baseline: Baseline) -> None:
    """The first edit is refuted by a generated input; another with its mistake by that input.

    The same on every input: `max(found, -found)` would answer `True` as the original does.
    """
    first = judge(baseline, Edit(ORIGINAL.replace("return found", "return abs(found)")))
    assert first.decision == "refuted" and first.verdict.evidence[-1].gate == "fuzz"
    again = judge(baseline, Edit(ORIGINAL.replace("return found", "return abs(abs(found))")))
    assert again.verdict.evidence[-1].gate == "replay"
    assert again.reason.startswith("an earlier counterexample: ")


def test_a_good_edit_passes_what_refuted_a_bad_one(baseline: Baseline) -> None:
    """What was found says nothing against an edit that answers as the original does."""
    judge(baseline, Edit(ORIGINAL.replace("return found", "return abs(found)")))
    assert counterexamples.known(baseline.target)
    good = ORIGINAL.replace("    found = n\n    if found > most:\n        found = most\n", "")
    trial = judge(baseline, Edit(good.replace("return found", "return most if n > most else n")))
    assert trial.decision == "survived", trial.reason


def test_what_is_kept_is_of_one_text(baseline: Baseline) -> None:
    """Latest first, each once, no more than so many; another text of the function has none."""
    target = baseline.target
    for number in range(counterexamples.MOST + 5):
        counterexamples.remember(target, bytes([number]))
    counterexamples.remember(target, bytes([20]))
    counterexamples.remember(target, bytes(counterexamples.MOST_BYTES + 1))
    kept = counterexamples.known(target)
    assert kept[:2] == [bytes([20]), bytes([counterexamples.MOST + 4])]
    assert len(kept) == len(set(kept)) == counterexamples.MOST
    assert counterexamples.known(other(target)) == []


def test_a_damaged_file_is_none(baseline: Baseline, tmp_path: Path) -> None:
    """What cannot be read is as if it were not there."""
    counterexamples.remember(baseline.target, b"x")
    (path,) = (tmp_path / "cache" / "perfbot" / "counterexamples").iterdir()
    path.write_bytes(b"\xff\xff")
    assert counterexamples.known(baseline.target) == []


def other(target: Target) -> Target:
    """The same function with one more space."""
    source = target.file_source.replace("found = n", "found =  n")
    (target.root / target.path).write_text(source)
    return locate(target.root, target.path, target.qualname, import_root=".")


def test_what_refuted_once_narrows_nothing(baseline: Baseline) -> None:
    """An input on which the original is slow by now is dropped, and no limit comes down for it."""
    before = baseline.reach, replace(baseline.patience)
    inputs = inputs_of(Arguments((10**6, 10**7), {}))
    late = Outcome("timeout", False, b"", b"\xa0")
    baseline.oracle.known[inputs] = Expected(inputs, (late,), "timeout")
    counterexamples.remember(baseline.target, inputs)
    assert list(replay.earlier(baseline)) == []
    assert (baseline.reach, baseline.patience) == before
