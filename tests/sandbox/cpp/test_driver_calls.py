"""What compiled functions do besides returning: exceptions, effects, timed batches, programs."""

from pathlib import Path

import pytest

from perfbot.sandbox.cpp.units import Variant
from perfbot.sandbox.cpp.wrapper import Hints
from perfbot.sandbox.cpp.zygote import DIED, REPORT, fork_worker
from perfbot.sandbox.worker import ChildFailedError, fork
from tests.compiled import compiled, given

RAISING = """#include <optional>
#include <stdexcept>
#include <string>
#include <vector>
struct Own {};
int f(int a) {
    if (a == 0) throw std::invalid_argument("zero");
    if (a == 1) return std::vector<int>().at(3);
    if (a == 2) throw 5;
    if (a == 3) throw "text";
    if (a == 4) throw Own();
    if (a == 5) return std::optional<int>().value();
    return std::stoi("no number");
}
"""


@pytest.mark.parametrize(
    ("given_value", "name", "first", "explicit"),
    [(0, "std::invalid_argument", "zero", True), (1, "std::out_of_range", None, False),
     (2, "int", 5, True), (3, "char const*", "text", True), (4, "Own", None, True),
     (5, "std::bad_optional_access", None, False), (6, "std::invalid_argument", "stoi", False)],
)  # fmt: skip
def test_exceptions(
    tmp_path: Path, given_value: int, name: str, first: object, explicit: bool
) -> None:
    """An exception is its type and what it says; explicit where the version's own code threw it."""
    with compiled(tmp_path, RAISING, "f") as version:
        outcome = version.outcome(given_value)
        raised = outcome.exception()
        assert raised is not None and outcome.explicit is explicit
        assert (raised.module, raised.qualname) == ("c++", name)
        assert first is None or raised.args == (first,)


EFFECTS = r"""#include <clocale>
#include <csignal>
#include <cfenv>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <thread>
#include <chrono>
#include <fcntl.h>
#include <unistd.h>
#include <xmmintrin.h>
int f(int a) {
    switch (a) {
        case 1: std::cout << "out"; std::printf(" and on"); break;
        case 2: std::cerr << "err"; break;
        case 3: open("/dev/null", O_RDONLY); break;
        case 4: std::signal(SIGUSR1, SIG_IGN); break;
        case 5: _mm_setcsr(_mm_getcsr() | 0x8000); break;
        case 6: std::setlocale(LC_ALL, "C.UTF-8"); break;
        case 7: std::ofstream("/tmp/left") << "x"; break;
        case 8: setenv("LEFT", "1", 1); break;
        case 9: return chdir("/tmp");
        case 10: return std::rand();
        case 11: std::thread([] { std::this_thread::sleep_for(std::chrono::seconds(9)); }).detach();
                 break;
        case 12: std::fesetround(FE_UPWARD); break;
        case 13: umask(07); break;
    }
    return 0;
}
"""
ERRNO = r"""#include <cerrno>
#include <cstdlib>
{comment}
int f(int a) {{
    if (a < 0) {{ errno = {value}; return -1; }}
    return a;
}}
"""


@pytest.mark.parametrize(
    ("comment", "value", "left"),
    [("", "ERANGE", 34), ("// Sets errno below 0.\n", "int(33)", 33),
     ("/* Below 0\n   errno says so. */", "int(33)", 33), ("", "int(33)", None),
     ("// Sets errno.\nint other;", "int(33)", None)],
)  # fmt: skip
def test_errno_is_told_where_it_is_part_of_the_function(
    tmp_path: Path, comment: str, value: str, left: int | None
) -> None:
    """A comment above speaks of it, or the code gives it one of the E names."""
    with compiled(tmp_path, ERRNO.format(comment=comment, value=value), "f") as version:
        told = [version.effects(a).get("errno") for a in (-1, 5)]
        assert told == ([left, 0] if left else [None, None])


NAMES = ["stdout", "stderr", "fds", "signals", "rounding", "locale", "files", "environment",
         "folder", "rng", "threads", "rounding", "umask"]  # fmt: skip


def test_effects(tmp_path: Path) -> None:
    """Each kind of trace shows by its name, and the next call finds none of it."""
    text = EFFECTS.replace("#include <unistd.h>", "#include <unistd.h>\n#include <sys/stat.h>")
    with compiled(tmp_path, text, "f", flags=("-O1", "-pthread")) as version:
        for number, name in enumerate(NAMES, start=1):
            assert list(version.effects(number)) == [name], number
            assert version.effects(0) == {}, name
        assert version.effects(1) == {"stdout": "out and on"}
        assert version.value(10) == version.value(10), "seeded before each call"


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [("std::exit(0);", "died", "without an answer"), ("std::abort();", "died", "SIGABRT"),
     ("*reinterpret_cast<volatile int*>(8) = 1;", "died", "SIGSEGV"),
     ("for (;;) {}", "timeout", "CPU time")],
)  # fmt: skip
def test_ends(tmp_path: Path, body: str, kind: str, said: str) -> None:
    """A call that ends its process, or never ends, has no outcome but that."""
    text = f"#include <cstdlib>\nint f(volatile int a) {{ if (a) {{ {body} }} return 0; }}"
    with compiled(tmp_path, text, "f", flags=("-O0",)) as version:
        assert version.value(0) == 0
        with pytest.raises(ChildFailedError) as caught:
            version.worker.request("call", inputs=given(1), cpu_s=0.3)
        assert caught.value.kind == kind and said in caught.value.detail


COUNTING = "int calls = 0;\nint f(int a) { return a + calls++; }\n"


def test_batches(tmp_path: Path) -> None:
    """Prepared calls run in order, and answer as single ones do; state is kept within a process."""
    with compiled(tmp_path, COUNTING, "f") as version:
        worker = fork(version.worker)
        worker.request("settle")
        worker.request("prepare", inputs=[given(10), given(20)], repeat=2, reseed=False)
        assert worker.request("run") is True
        outputs = worker.request("outputs")
        assert worker.request("outputs") == []
        worker.kill()
        expected = [10, 21, 12, 23]
        twin = fork_worker(version.worker, version.zygote.builder)
        assert outputs[0] == version.outcome(10).timed_form()
        answers = [twin.request("call", inputs=given(at), way="once")[2] for at in (10, 20, 10, 20)]
        assert [b"return" + body for body in answers] == outputs
        assert expected == [version.outcome(0).parts()[0] + at for at in (9, 19, 9, 19)]
        twin.kill()


def test_twice(tmp_path: Path) -> None:
    """Two calls in a row in one process show what the first left for the second."""
    with compiled(tmp_path, COUNTING, "f") as version:
        values, calls = version.outcome(5, way="twice").parts()
        assert values == [5, 6] and calls == [[(5,), {}], [(5,), {}]]


def test_what_fresh_memory_holds(tmp_path: Path) -> None:
    """Code that reads memory nobody wrote answers differently in zygotes of different seeds."""
    text = """#include <cstdlib>
int f(int n) { int* p = (int*)std::malloc(64); int v = p[n]; std::free(p); return v; }
"""
    found = []
    for seed in (1, 2):
        with compiled(tmp_path, text, "f", flags=("-O0",), hash_seed=seed) as version:
            found.append(version.value(9))
    assert found[0] != found[1]


WRONG = {
    "heap-buffer-overflow": "std::vector<int> v(3); return v.data()[a + 3];",
    "runtime error: signed integer overflow": "return a * 2147483647;",
    "heap-use-after-free": "int* p = new int(a); delete p; return *p;",
    "runtime error: shift exponent": "return 1 << (a + 30);",
}


@pytest.mark.parametrize("said", WRONG)
def test_sanitizers_report(tmp_path: Path, said: str) -> None:
    """The process ends with the report of what went wrong, and what is right is answered."""
    text = f"#include <vector>\nint f(int a) {{ if (!a) return 1; {WRONG[said]} }}\n"
    with compiled(tmp_path, text, "f", variant=Variant.SANITIZED) as version:
        assert version.value(0) == 1
        with pytest.raises(ChildFailedError) as caught:
            version.outcome(3)
        assert caught.value.kind == REPORT and said in caught.value.detail


def test_an_over_read_of_an_argument(tmp_path: Path) -> None:
    """Buffers that are passed have not one item more than was given."""
    text = "int f(const int* a, int n) { return a[n]; }"
    with (
        compiled(tmp_path, text, "f", variant=Variant.SANITIZED) as version,
        pytest.raises(ChildFailedError, match="heap-buffer-overflow"),
    ):
        version.outcome([1, 2, 3], 3)


def test_leaks(tmp_path: Path) -> None:
    """Lost memory is reported when it is looked for; what the caller is to free is not lost."""
    text = """#include <cstdlib>
#include <cstring>
char* given(int a) { return ::strdup(a ? "text" : ""); }
int f(int a) { if (a) { int* p = new int[a]; p[0] = a; } return a; }
"""
    with compiled(tmp_path, text, "f", variant=Variant.SANITIZED) as version:
        version.outcome(0)
        assert version.worker.request("leaks") is True
        version.outcome(3)
        with pytest.raises(ChildFailedError, match="detected memory leaks") as caught:
            version.worker.request("leaks")
        assert caught.value.kind == REPORT
    with compiled(tmp_path, text, "given", variant=Variant.SANITIZED) as version:
        assert version.value(1) == "text"
        assert version.worker.request("leaks") is True


def test_races(tmp_path: Path) -> None:
    """Two callers at once are reported where they share what either writes, and only there."""
    text = "int kept;\nint f(int a) { if (a) kept = a; return a; }"
    with compiled(tmp_path, text, "f", variant=Variant.THREADS) as version:
        same = version.worker.request("concurrently", inputs=[given(0), given(0)])
        assert same == [version.outcome(0).timed_form()] * 2
        with pytest.raises(ChildFailedError, match="data race"):
            version.worker.request("concurrently", inputs=[given(3), given(3)])


def test_counts_for_gcov(tmp_path: Path) -> None:
    """A covered build hands out its counts once per request."""
    with compiled(tmp_path, COUNTING, "f", variant=Variant.COVERED) as version:
        version.outcome(1)
        counts = version.worker.request("covered")
        assert counts[:4] == b"adcg" and version.effects(1) == {}


PROGRAM = r"""#include <cstdlib>
#include <iostream>
int calls = 0;
struct Last { ~Last() { std::cout << "last"; } } last;
int main() {
    int n = 0;
    std::cin >> n;
    if (n == 1) std::exit(7);
    if (n == 2) std::abort();
    std::cerr << (n == 3 ? "careful" : "");
    std::cout << n * 2 << ' ' << ++calls << '\n';
}
"""


@pytest.mark.parametrize("variant", [Variant.PLAIN, Variant.SANITIZED])
def test_a_program_as_a_function(tmp_path: Path, variant: Variant) -> None:
    """Each call of a program has fresh globals, its own exit, and its own output to the end."""
    hints = Hints(program=True)
    with compiled(tmp_path, PROGRAM, "main", variant=variant, hints=hints) as version:
        assert [version.value("21\n") for _ in range(2)] == [("42 1\nlast", 0)] * 2
        assert version.value("1") == ("last", 7)
        assert version.effects("3") == {"stderr": "careful"}
        assert "takes one text" in version.refusal(3)
        version.worker.request("prepare", inputs=[given("4")], repeat=3, reseed=False)
        version.worker.request("run")
        assert version.worker.request("outputs") == [version.outcome("4").timed_form()] * 3
        with pytest.raises(ChildFailedError) as caught:
            version.outcome("2")
        assert caught.value.kind == DIED
