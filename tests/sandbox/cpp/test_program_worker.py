"""Programs as they run: the clocks of their processes, what they read from, what ends them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from perfbot.sandbox.cpp.wrapper import Hints
from perfbot.sandbox.worker import ChildFailedError, fork
from tests.compiled import Compiled, compiled, given

PROGRAM = """\
#include <cstdio>
#include <sys/mman.h>
#include <unistd.h>

static int runs;

int main() {
    long n;
    if (std::scanf("%ld", &n) != 1) return 3;
    ++runs;
    if (n == -1) return mmap(nullptr, 1, PROT_READ, MAP_PRIVATE, 0, 0) == MAP_FAILED ? 1 : 0;
    if (n == -2) return lseek(0, 0, SEEK_END) < 0 ? 1 : 0;
    if (n == -3) {
        int open = 0;
        for (int fd = 3; fd < 64; ++fd) open += dup(fd) >= 0;
        return open;
    }
    volatile double sum = 0;
    for (long i = 0; i < n; ++i) sum = sum + i;
    std::printf("%d", runs);
    return 0;
}
"""
LONG = 40_000_000


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Compiled]:
    """The program, loaded."""
    folder = tmp_path_factory.mktemp("program")
    with compiled(folder, PROGRAM, "main", hints=Hints(program=True)) as made:
        yield made


def test_a_programs_time_is_that_of_its_process(program: Compiled) -> None:
    """The worker's clock shows what a call's process has used, after it has ended too."""
    worker = program.worker
    taken = []
    for n in (1, LONG, 1):
        before = worker.cpu_ns()
        assert program.value(f"{n}\n") == ("1", 0)
        taken.append(worker.cpu_ns() - before)
    assert taken[1] > 5 * taken[0] and taken[1] > 5 * taken[2]


def test_the_time_of_a_batch_is_that_of_all_its_calls(program: Compiled) -> None:
    """Three calls in one batch take about three times as long as one."""
    worker = program.worker
    taken = []
    for times in (1, 3):
        worker.request("prepare", inputs=[given(f"{LONG}")], repeat=times, reseed=False)
        before = worker.cpu_ns()
        worker.request("run")
        taken.append(worker.cpu_ns() - before)
        assert len(worker.request("outputs")) == times
    assert 2 < taken[1] / taken[0] < 4.5


def test_a_fork_of_the_worker_is_no_program_of_its(program: Compiled) -> None:
    """What another worker uses is not counted as this one's."""
    worker = program.worker
    other = fork(worker)
    before = worker.cpu_ns()
    other.request("call", inputs=given(f"{LONG}"))
    used = worker.cpu_ns() - before
    spent = other.cpu_ns()
    other.kill()
    assert used < spent / 5


def test_an_endless_program_is_ended_by_its_cpu_time(program: Compiled) -> None:
    """The limit of CPU time holds for the process of the call."""
    fresh = fork(program.worker)
    with pytest.raises(ChildFailedError, match="1 s of CPU time"):
        fresh.request("call", inputs=given(f"{10**15}"), cpu_s=1.0)
    fresh.kill()


def test_many_calls_leave_no_processes(program: Compiled) -> None:
    """Far more calls than the sandbox holds processes are made one after another."""
    assert {program.value("2") for _ in range(300)} == {("1", 0)}


@pytest.mark.parametrize(("n", "status"), [(-1, 1), (-2, 1), (-3, 0)])
def test_standard_input_is_a_pipe(program: Compiled, n: int, status: int) -> None:
    """It can be neither mapped nor sought in, and no other descriptor is open."""
    assert program.value(f"{n}") == ("", status)


def test_long_inputs_arrive_whole(program: Compiled) -> None:
    """More than a pipe holds comes as a file, and the last word of it is read."""
    outcome = program.outcome(" " * (3 << 20) + "7")
    assert outcome.status == "return"
    assert program.value(" " * 60_000 + "7") == ("1", 0)
    assert program.value("") == ("", 3)


STREAMS = """\
#include <iostream>
#include <string>

static const int untied = [] {
    std::ios::sync_with_stdio(false);
    std::cin.tie(nullptr);
    return 7;
}();

struct Last {
    ~Last() { std::cout << "end"; }
} last;

int main() {
    std::string line;
    size_t count = 0;
    while (std::getline(std::cin, line)) {
        ++count;
        if (line == "bytes") std::cout << '\\xff' << '\\0';
    }
    std::cout << count << ' ';
    return untied;
}
"""


def test_streams_that_globals_untie(tmp_path: Path) -> None:
    """Constructors of globals have done their work before each call, destructors do it after."""
    with compiled(tmp_path, STREAMS, "main", hints=Hints(program=True)) as version:
        assert version.value("a\nb\n") == ("2 end", 7)
        assert version.value("a\n\nb") == ("3 end", 7)
        assert version.value("bytes") == (b"\xff\0001 end", 7)
