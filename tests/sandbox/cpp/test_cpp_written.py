"""Inputs that an adversary wrote against an edit of C++: the ordinary comparison decides."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from perfbot.sandbox.baseline import Baseline, prepare
from perfbot.sandbox.candidate import Candidate
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.exploration import inputs_of
from perfbot.sandbox.gates import adversary
from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.languages.finding import locate
from perfbot.sandbox.project import Project
from perfbot.sandbox.settings import Settings
from perfbot.sandbox.verdict import Status
from perfbot.sandbox.workload import read_workload
from perfbot.sandbox.written import allowed, ran

ORIGINAL = """\
#include <vector>

long weight(const std::vector<unsigned char>& items, int rate) {
    long found = 0;
    for (const unsigned char item : items) found = found + static_cast<long>(item) * rate;
    return found;
}
"""
SUM = "found = found + static_cast<long>(item) * rate;\n    return found;"
GOOD = ORIGINAL.replace(SUM, "found += item;\n    return found * rate;")
ODD = GOOD.replace("found * rate;", "found * rate + (found == 7 * rate + 50021);")
PROGRAM = """\
def cases():
    yield ([1, 2], 3)
    yield ([255] * 196 + [62], 3)
    yield ([256], 3)
    yield ([-1], 3)
    yield ([1], 2**31)
    yield ("a", 3)
    yield ([1],)
"""


# A baseline of C++ takes half a minute; what decides is tested in Python too (test_written.py).
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def baseline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Baseline]:
    """One function, prepared once."""
    root = tmp_path_factory.mktemp("weight")
    (root / "weight.cpp").write_text(ORIGINAL)
    (root / "cases.py").write_text("def cases():\n    yield ([1, 2, 3], 4)\n")
    target = locate(root, "weight.cpp", "weight")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        project = Project(root, Path(sys.executable))
        workload = read_workload(root / "cases.py")
        made = prepare(project, target, Settings(examples=10, mutants=2), workload)
        yield made
        made.close()


@pytest.mark.parametrize(("source", "status"), [(GOOD, "SURVIVED"), (ODD, "REFUTED")])
def test_written_inputs_decide_for_cpp(baseline: Baseline, source: str, status: str) -> None:
    """The edit that is wrong for one sum is refuted by it, the right one is not."""
    written = ran(baseline.project, PROGRAM).inputs
    candidate = Candidate(baseline, Edit(source))
    try:
        assert candidate.start() is None
        found = adversary.check(candidate, written)
    finally:
        candidate.close()
    assert found.status is Status[status], found
    assert len(adversary.inputs_in(found.data)) == 2


def test_the_types_of_cpp_bound_the_domain(baseline: Baseline) -> None:
    """What does not fit a parameter's type, or its width, is not tried."""
    kept = [([1, 2], 3), ([255] * 196 + [62], 3)]
    assert allowed(baseline, ran(baseline.project, PROGRAM).inputs) == [
        inputs_of(Arguments(args, {})) for args in kept
    ]
