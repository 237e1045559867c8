"""Originals that trip over undefined behaviour: where nobody can say what an edit should do."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from perfbot.sandbox.cpp.aliased import aliased
from perfbot.sandbox.cpp.allocations import null_checks
from perfbot.sandbox.cpp.oracle import CRASH, UNDEFINED, CppOracle
from perfbot.sandbox.cpp.zygote import fill_of, opposite
from perfbot.sandbox.drivers.wire import encode
from perfbot.sandbox.errors import BaselineError
from perfbot.sandbox.languages.finding import locate
from perfbot.sandbox.project import Project

SOURCE = """\
#include <cstdlib>

int at(int value, int way) {
    if (way == 0) return value + 1;
    if (way == 1) return 1 << value;
    if (way == 2) { int* fresh = new int[100]; int got = fresh[value]; delete[] fresh; return got; }
    if (way == 3) std::abort();
    if (way == 4) { volatile auto* kept = new int(value); return *kept; }
    return value;
}
"""
MOST = 2**31 - 1


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the function above."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "at.cpp").write_text(SOURCE)
    return folder


@pytest.fixture(scope="module")
def oracle(root: Path) -> Iterator[CppOracle]:
    """What asks the function above."""
    made = CppOracle(Project(root, Path(sys.executable)), locate(root, "at.cpp", "at"))
    yield made
    made.close()


@pytest.mark.parametrize(
    "value, way, discarded",
    [
        (1, 0, None),
        (MOST, 0, UNDEFINED),
        (2, 1, None),
        (40, 1, UNDEFINED),
        (5, 2, "unstable"),
        (1, 3, CRASH),
        (1, 4, None),
        (2**40, 0, "unsendable"),
    ],
)
def test_what_is_discarded(oracle: CppOracle, value: int, way: int, discarded: str | None) -> None:
    """Overflow, wide shifts, reads of fresh memory and crashes judge nobody; a leak may."""
    found = oracle.confirm(oracle.ask(encode([(value, way), {}])))
    assert found.discarded == discarded


def test_a_leak_of_the_original_is_known(oracle: CppOracle) -> None:
    """An original that leaks says so, for edits that leak as well."""
    assert oracle.leaks(oracle.ask(encode([(1, 4), {}])))
    assert not oracle.leaks(oracle.ask(encode([(1, 0), {}])))


def test_an_original_that_does_not_compile(tmp_path: Path) -> None:
    """The compiler's words, and what may help."""
    (tmp_path / "at.cpp").write_text(SOURCE.replace("return value;", "return values;"))
    target = locate(tmp_path, "at.cpp", "at")
    with pytest.raises(BaselineError, match="values"):
        CppOracle(Project(tmp_path, Path(sys.executable)), target).start()


CHECKED = """\
int f(int n) {
    int *row = (int *)malloc(n);
    int *other = find(n);
    char *text = 0;
    if (row == NULL) return -1;
    if (!other) return -2;
    if (n == 0) return -3;
    text = strdup("a");
    if (!text) {
        return 1;
    }
    return 0;
}
"""


def test_checks_for_memory() -> None:
    """Only a pointer that allocators alone have set is known to hold memory."""
    assert null_checks(CHECKED, [(1, 13)]) == {5}
    fixed = CHECKED.replace("char *text = 0;", "char *text = strdup(a);")
    assert null_checks(fixed, [(1, 13)]) == {5, 9, 10, 11}
    assert null_checks(CHECKED, [(20, 30)]) == set()


class TestAliased:
    """Inputs in which two arguments are one."""

    @pytest.fixture
    def baseline(self, tmp_path: Path) -> Iterator[Any]:
        """A function that changes its first list."""
        from perfbot.sandbox.baseline import prepare
        from perfbot.sandbox.settings import Settings
        from perfbot.sandbox.workload import read_workload

        (tmp_path / "add.cpp").write_text(
            "#include <vector>\nvoid add(std::vector<long>& a, const std::vector<long>& b, long c)"
            " { for (auto& item : a) item += b.empty() ? c : b[0]; }\n"
        )
        (tmp_path / "w.py").write_text("def cases():\n    yield [1, 2], [3], 4\n")
        project = Project(tmp_path, Path(sys.executable))
        workload = read_workload(tmp_path / "w.py")
        made = prepare(project, locate(tmp_path, "add.cpp", "add"), Settings(examples=10), workload)
        yield made
        made.close()

    def test_of_one_type(self, baseline: Any) -> None:
        """Either list stands for both where the call may change one; numbers are never one."""
        found = list(aliased(baseline, {"a"}))
        assert all(item.args[0] is item.args[1] for item in found)
        assert {str(item.args[0]) for item in found[:2]} == {"[1, 2]", "[3]"}
        assert not list(aliased(baseline, set()))
        assert not list(aliased(baseline, {"c"}))

    def test_they_are_in_the_corpus(self, baseline: Any) -> None:
        """The original is asked with one object for both, and sees its own changes."""
        inputs = encode([next(iter(aliased(baseline, {"a"}))).args, {}])
        found = next(item for item in baseline.corpus if item.inputs == inputs)
        assert found.outcomes[0].parts()[1][0] == [2, 4]


@pytest.mark.parametrize("seed", [0, 1, 252, 253, 254, 2**31 - 1])
def test_the_two_fillings_differ_in_every_bit(seed: int) -> None:
    """Both are bytes that glibc takes for a filling."""
    first, second = fill_of(seed), fill_of(opposite(seed))
    assert first ^ second == 0xFF
    assert {first, second} <= set(range(1, 255))
