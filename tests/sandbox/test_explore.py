"""The `explore` gate: what goes wrong on one input in hundreds is found by number alone."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from perfbot.optimizer.config import Options
from perfbot.sandbox.baseline import Baseline, prepare
from perfbot.sandbox.candidate import Candidate
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.errors import UsageError
from perfbot.sandbox.gates import explore
from perfbot.sandbox.languages.python import locate
from perfbot.sandbox.project import Project
from perfbot.sandbox.settings import Settings
from perfbot.sandbox.verdict import Evidence, Status

ORIGINAL = '''\
def checksum(data: bytes) -> int:
    """A sum over the bytes of data."""
    total = 0
    for byte in data:
        if byte == 255 and len(data) == 1:
            raise ValueError("no data")
        total += 7 * byte + 1
    return total
'''
CALLER = """\
from summed import checksum

def test_checksum():
    assert checksum(bytes(range(40))) == 5500
"""


@pytest.fixture(scope="module")
def baseline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Baseline]:
    root = tmp_path_factory.mktemp("explored")
    (root / "summed.py").write_text(ORIGINAL)
    (root / "test_summed.py").write_text(CALLER)
    target = locate(root, "summed.py", "checksum", import_root=".")
    made = prepare(Project(root, Path(sys.executable)), target, Settings(examples=20), None)
    yield made
    made.close()


def explored(baseline: Baseline, source: str) -> Evidence:
    candidate = Candidate(baseline, Edit(source))
    try:
        assert candidate.start() is None
        return explore.check(candidate)
    finally:
        candidate.close()


@pytest.mark.parametrize(
    "wrong",
    [
        "return total + (total % 61 == 5)",
        "return total if total % 61 != 5 else 1 // 0",
        "return total if total % 61 != 5 else exit(0)",
        "data = bytearray(data); return total if total % 61 != 5 else total + 0.0",
        "return total if len(data) < 600 else -total",
    ],
    ids=["another answer", "an exception", "an exit", "another type", "large alone"],
)
def test_a_rare_difference_is_found(baseline: Baseline, wrong: str) -> None:
    """One input in sixty, or only large ones: refuted, with a call that shows it."""
    found = explored(baseline, ORIGINAL.replace("return total", wrong))
    assert found.status is Status.REFUTED
    assert found.counterexample is not None
    assert found.counterexample.call.startswith("checksum(")


def test_the_same_behaviour_passes(baseline: Baseline) -> None:
    """Answers and exceptions that agree pass, and the evidence counts the inputs."""
    body = '    if data == b"\\xff":\n        raise ValueError("no data")\n'
    quick = ORIGINAL[: ORIGINAL.index("    total = 0")] + body
    found = explored(baseline, quick + "    return 7 * sum(data) + len(data)\n")
    assert found.status is Status.SURVIVED
    assert isinstance(found.data["inputs"], int) and found.data["inputs"] > 50


def test_a_longer_search_tries_more(baseline: Baseline) -> None:
    """More seconds, more inputs; fewer than usual cannot be asked for."""
    usual = baseline.settings
    tried = []
    for seconds in (0.05, 1.0):
        baseline.settings = replace(usual, explore_s=seconds)
        tried.append(int(str(explored(baseline, ORIGINAL + "\n").data["inputs"])))
    baseline.settings = usual
    assert 0 < 2 * tried[0] < tried[1]
    assert Settings(explore_s=60.0).relaxations() == {}
    assert Options(explore=60.0).explore == 60.0
    with pytest.raises(UsageError, match="explore"):
        Options(explore=1.0)
