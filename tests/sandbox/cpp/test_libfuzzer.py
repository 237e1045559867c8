"""Gate `libfuzzer`: edits that fuzzing misses and a search finds, good ones, and hostile ones."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from perfbot.sandbox.baseline import Baseline, prepare
from perfbot.sandbox.candidate import Candidate
from perfbot.sandbox.cpp.language import GATES, gates
from perfbot.sandbox.cpp.libfuzzer import require_installed
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.errors import MachineError
from perfbot.sandbox.gates import cpp_coverage, cpp_libfuzzer, fuzz
from perfbot.sandbox.languages.finding import locate
from perfbot.sandbox.project import Project
from perfbot.sandbox.settings import Settings
from perfbot.sandbox.verdict import Evidence, Status

FILE = """\
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <unistd.h>
#include <vector>

struct Point { std::int32_t x; std::int32_t y; };

std::uint64_t thrice(std::uint64_t x) {
    std::uint64_t total = 0;
    for (int time = 0; time < 3; ++time) total += x;
    return total;
}

bool ours(const std::string& name) {
    for (const char* item : {"alpha", "beta", "gamma"})
        if (name == item) return true;
    return false;
}

std::int64_t width(const std::vector<Point>& points) {
    std::int64_t total = 0;
    for (const Point& item : points) total = total + item.x;
    return total;
}

std::size_t known(const std::map<std::string, int>& ages, int least) {
    std::size_t count = 0;
    for (const auto& item : ages) count = count + (item.second >= least ? 1 : 0);
    return count;
}

int share(int total, int people) {
    volatile int each = total / people;
    return each;
}

std::uint64_t marked(std::uint64_t x) {
    if ((x ^ 90900909) == 1234) return 0;
    std::uint64_t total = 0;
    for (int time = 0; time < 2; ++time) total = total + x;
    return total;
}

int answer() { return 42; }
"""
C_FILE = """\
#include <stddef.h>

unsigned parity(const unsigned char *data, size_t len) {
    unsigned found = 0;
    for (size_t at = 0; at < len; at = at + 1) found = found ^ data[at];
    return found;
}
"""
MARKED = """\
    if ((x ^ 90900909) == 1234) return 0;
    std::uint64_t total = 0;
    for (int time = 0; time < 2; ++time) total = total + x;
    return total;
"""
DOUBLED = "    return (90900909 ^ x) != 1234 ? 2 * x : 0;\n"
NAMES = """\
    for (const char* item : {"alpha", "beta", "gamma"})
        if (name == item) return true;"""
HIDDEN = "name.size() == 5 && (name[0] ^ 1) == 'p' && (name[2] ^ 1) == '{' && (name[4] ^ 1) == ' '"
MUST_REFUTE = {
    "wrong for one square": (
        "thrice", "return total;", "return x * x + 7 * x == 152485440 ? 1 : 3 * x;",
    ),
    "wrong for a text with letters at their places": (
        "ours", NAMES, f"if ({HIDDEN}) return true;\n{NAMES}",
    ),
    "a crash for such a text": ("ours", NAMES, f"if ({HIDDEN}) __builtin_trap();\n{NAMES}"),
    "no end for such a text": (
        "ours", NAMES, f"for (volatile int i = {HIDDEN}; i == 1;) {{}}\n{NAMES}",
    ),
    "wrong for one pair of points": (
        "width", "return total;",
        "return total + (points.size() == 2 && (points[0].x ^ 4321) == 87655);",
    ),
    "wrong for one value of a map": (
        "known", "return count;",
        "for (const auto& item : ages)\n        if ((item.second ^ 4321) == 87655) ++count;\n    "
        "return count;",
    ),
    "wrong where the original ends for others": (
        "share", "return each;", "return each + ((total ^ 90900909) == 1234);",
    ),
    "wrong for a header of bytes": (
        "parity", "return found;",
        "return found + (len > 4 && (data[0] ^ 129) == 209 && (data[1] ^ 130) == 201);",
    ),
}  # fmt: skip
MUST_PASS = {
    "multiplied": ("thrice", "total += x;\n    return total;", "total += 0;\n    return 3 * x;"),
    "compared in turn": (
        "ours", NAMES, 'if (name == "alpha" || name == "beta" || name == "gamma") return true;',
    ),
    "another sum": ("width", "total = total + item.x", "total += item.x"),
    "another count": ("known", "(item.second >= least ? 1 : 0)", "(item.second >= least)"),
    "the same division": ("share", "volatile int each", "const int each"),
    "folded": ("parity", "found = found ^ data[at]", "found ^= data[at]"),
}  # fmt: skip
SETTINGS = Settings(examples=120, mutants=4, libfuzzer_s=20.0)


@pytest.fixture(scope="module")
def clang() -> str:
    """The clang that has libFuzzer; a test that needs it is skipped where there is none."""
    try:
        return require_installed().path
    except MachineError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def baselines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Baseline]]:
    """A function (name of a function) -> its baseline; each is prepared once."""
    root = tmp_path_factory.mktemp("search") / "project"
    root.mkdir()
    (root / "calc.cpp").write_text(FILE)
    (root / "bytes.c").write_text(C_FILE)
    made: dict[str, Baseline] = {}

    def prepared(name: str) -> Baseline:
        if name not in made:
            target = locate(root, "bytes.c" if name == "parity" else "calc.cpp", name)
            made[name] = prepare(Project(root, Path(sys.executable)), target, SETTINGS, None)
        return made[name]

    yield prepared
    for baseline in made.values():
        baseline.close()


def candidate_of(baseline: Baseline, before: str, after: str, **settings: float) -> Candidate:
    """An edit of the baseline's function, with less patience for those that pass."""
    target = baseline.target
    assert target.source.count(before) == 1
    text = target.file_source.replace(target.source, target.source.replace(before, after))
    baseline.settings = replace(SETTINGS, **settings)
    return Candidate(baseline, Edit(text))


def checked(candidate: Candidate) -> tuple[Evidence, Evidence]:
    """What the gates `fuzz` and `libfuzzer` say of an edit."""
    try:
        assert candidate.start() is None
        return fuzz.check(candidate), cpp_libfuzzer.check(candidate)
    finally:
        candidate.close()


@pytest.mark.usefixtures("clang")
@pytest.mark.parametrize("which", MUST_REFUTE)
def test_what_fuzzing_misses_is_refuted(baselines: Callable[[str], Baseline], which: str) -> None:
    """Generated inputs all agree; the search finds one that does not, and shows it."""
    name, before, after = MUST_REFUTE[which]
    fuzzed, found = checked(candidate_of(baselines(name), before, after))
    assert fuzzed.status is Status.SURVIVED, fuzzed
    assert found.status is Status.REFUTED, found
    assert found.counterexample is not None
    assert found.data["proposals"] >= 1  # type: ignore[operator]


@pytest.mark.usefixtures("clang")
@pytest.mark.parametrize("which", MUST_PASS)
def test_equal_code_passes(baselines: Callable[[str], Baseline], which: str) -> None:
    """The search ran, to its end, and proposed nothing that the comparison confirms."""
    name, before, after = MUST_PASS[which]
    _, found = checked(candidate_of(baselines(name), before, after, libfuzzer_s=1.0))
    assert found.status is Status.SURVIVED, found
    assert found.data["applied"] and found.data["calls"] > 1000  # type: ignore[operator]
    assert found.data["ended"] == "", found


@pytest.mark.usefixtures("clang")
def test_what_reaches_a_branch_is_there_for_other_gates(
    baselines: Callable[[str], Baseline],
) -> None:
    """A new condition that no generated input meets is met, agrees, and counts as tested."""
    for patience, status in ((0.0, Status.UNKNOWN), (6.0, Status.SURVIVED)):
        candidate = candidate_of(baselines("marked"), MARKED, DOUBLED, libfuzzer_s=patience)
        try:
            assert candidate.start() is None
            assert fuzz.check(candidate).status is Status.SURVIVED
            if patience:
                assert cpp_libfuzzer.check(candidate).status is Status.SURVIVED
            assert cpp_coverage.check(candidate).status is status
        finally:
            candidate.close()


@pytest.mark.usefixtures("clang")
@pytest.mark.parametrize(
    ("deed", "told"),
    [
        ("_exit(0)", "cut short: the search broke off"),
        ("abort()", "cut short"),
        (
            'if (system("echo nonsense > \\"$PERFBOT_PROPOSAL\\"") == 0) _exit(77)',
            "cut short: 30 proposals did not hold",
        ),
    ],
)
def test_an_edit_that_meddles_with_the_search_gains_nothing(
    baselines: Callable[[str], Baseline], deed: str, told: str
) -> None:
    """It lives in the engine's process, and can only make it say nothing; the evidence tells."""
    hostile = f"""static const int done = [] {{
        if (getenv("PERFBOT_PROPOSAL") != nullptr) {deed};
        return 0;
    }}();
    return total + done;"""
    _, found = checked(candidate_of(baselines("thrice"), "return total;", hostile))
    assert found.status is Status.SURVIVED and told in found.detail, found


@pytest.mark.usefixtures("clang")
def test_where_it_does_not_apply_it_says_why(baselines: Callable[[str], Baseline]) -> None:
    """A function without parameters has nothing to search for, and the edit goes on."""
    _, found = checked(candidate_of(baselines("answer"), "42", "6 * 7"))
    assert found.status is Status.SURVIVED and found.detail == "not applied: no parameters"


def test_it_stands_behind_fuzz_where_it_is_asked_for() -> None:
    """Without `--libfuzzer` there is no such gate."""
    assert cpp_libfuzzer.check not in gates(Settings())
    asked = gates(SETTINGS)
    assert asked.index(cpp_libfuzzer.check) == asked.index(fuzz.check) + 1
    assert [item for item in asked if item is not cpp_libfuzzer.check] == list(GATES)


def test_without_clang_the_message_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is judged without the gate that was asked for."""
    gcc = shutil.which("g++")
    assert gcc is not None
    os.symlink(gcc, tmp_path / "g++")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MachineError, match="needs clang") as caught:
        require_installed()
    assert "apt-get install clang" in str(caught.value)
