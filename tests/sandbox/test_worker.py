"""A version in its process: what perfbot asks of it, what ends it, and how a batch is timed."""

import os
import socket
import struct
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy
import pytest

from perfbot.sandbox import timing
from perfbot.sandbox.drivers.unwire import decode
from perfbot.sandbox.drivers.wire import encode
from perfbot.sandbox.languages.python import locate
from perfbot.sandbox.outcome import Runner, parse
from perfbot.sandbox.project import Project
from perfbot.sandbox.target import Target
from perfbot.sandbox.timing import BASELINE, BATCH_CPU_S, BATCH_WALL_S, EDIT, ForkedPair
from perfbot.sandbox.worker import (
    REPLY_BYTES,
    ChildFailedError,
    Worker,
    Zygote,
    fork,
    forked,
)
from tests.sandbox.test_worker_answers import frame

SOURCE = """\
import os
import time

COUNT = [0]


def work(what, n=0):
    if what == "spin":
        for _ in range(n):
            pass
    elif what == "die":
        os._exit(3)
    elif what == "sleep":
        time.sleep(n)
    elif what == "remember":
        COUNT[0] += 1
        return COUNT[0] if n else None
    elif what == "hoard":
        return "x" * n
    return os.getpid()
"""


def work(what: str, n: int = 0) -> bytes:
    return encode([(what, n), {}])


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Target:
    """One function that misbehaves as asked."""
    root = tmp_path_factory.mktemp("project")
    (root / "mod.py").write_text(SOURCE)
    return locate(root, "mod.py", "work", import_root=".")


@pytest.fixture(scope="module")
def project(target: Target) -> Project:
    """The project that holds it."""
    return Project(target.root, Path(sys.executable))


@pytest.fixture(scope="module")
def zygote(project: Project) -> Iterator[Zygote]:
    """One sandbox for all tests of this file; each test forks from it."""
    with Zygote(project) as started:
        yield started


@pytest.fixture
def worker(zygote: Zygote, target: Target) -> Iterator[Worker]:
    """A fork that has loaded the target."""
    with forked(zygote.channel) as child:
        assert child.load(target, SOURCE)["failure"] is None
        yield child


@pytest.mark.parametrize(
    "reply",
    [
        5,
        {},
        {"failure": 1, "imported": [], "state": []},
        {"failure": None, "imported": 1, "state": []},
        {"failure": None, "imported": [1], "state": []},
        {"failure": None, "imported": []},
    ],
    ids=str,
)
def test_a_load_that_does_not_say_what_was_loaded_is_corrupt(target: Target, reply: Any) -> None:
    """Replies to `load` are checked before they are used."""
    worker = Worker()

    def peer() -> None:
        (size,) = struct.unpack(">I", worker.theirs.recv(4, socket.MSG_WAITALL))
        nonce = decode(worker.theirs.recv(size, socket.MSG_WAITALL))[0]
        worker.theirs.sendall(frame([nonce, "ok", reply]))

    thread = threading.Thread(target=peer)
    thread.start()
    with pytest.raises(ChildFailedError) as failed:
        worker.load(target, SOURCE)
    thread.join()
    worker.close()
    assert failed.value.kind == "corrupt"


@pytest.mark.parametrize(
    "reply",
    [None, [], ["return", True, b""], ["return", 1, b"", b""], ["x", True, b"", b""],
     [numpy.zeros(2), True, b"", b""], ["return", True, "", b""]],
    ids=str,
)  # fmt: skip
def test_a_call_without_an_outcome_is_corrupt(reply: Any) -> None:
    """Only [status, explicit, body, effects] of the right types is an outcome."""
    with pytest.raises(ChildFailedError):
        parse(reply)
    assert parse(["return", True, b"a", b"b"]).body == b"a"


def test_cpu_time_is_what_a_call_may_spend(worker: Worker) -> None:
    """A call that waits is let be; one that computes beyond its limit is stopped."""
    assert worker.request("call", inputs=work("sleep", 1), cpu_s=0.3, wall_s=60)[0] == "return"
    with pytest.raises(ChildFailedError) as failed:
        worker.request("call", inputs=work("spin", 10**9), cpu_s=0.3, wall_s=60)
    assert failed.value.kind == "timeout"
    assert "CPU" in failed.value.detail


def test_a_death_is_told_and_the_next_call_has_a_new_worker(
    project: Project, target: Target, zygote: Zygote
) -> None:
    """A call that ends its process is no answer, and does not spoil the calls after it."""
    with Runner(project, target, SOURCE, hash_seed=0, zygote=zygote) as runner:
        assert runner.call(work("pid"), cpu_s=5).status == "return"
        assert runner.call(work("die"), cpu_s=5).status == "died"
        assert runner.call(work("pid"), cpu_s=5).status == "return"


def test_a_version_that_does_not_import_gives_no_answer(
    project: Project, target: Target, zygote: Zygote
) -> None:
    """Exceptions, exits and endless loops at import are told by `start`, not raised."""
    failing = {
        "1 / 0\n": "ZeroDivisionError",
        "raise SystemExit(0)\n": "SystemExit",
        "import os\nos._exit(0)\n": "died",
        "x = 1\n": "no attribute",
    }
    for source, says in failing.items():
        with Runner(project, target, source, hash_seed=0, zygote=zygote) as runner:
            assert says in (runner.start() or "")
            assert runner.call(work("pid"), cpu_s=5).status == "died"


def test_forks_do_not_see_each_other(zygote: Zygote, worker: Worker, target: Target) -> None:
    """What one fork loads or changes is not there in its parent or in its siblings."""
    remember = encode([("remember", 1), {}])

    def count(child: Worker) -> Any:
        child.request("prepare", inputs=[remember], repeat=1, reseed=False)
        child.request("run")
        (found,) = child.request("outputs")
        return decode(found.removeprefix(b"return"))[0]

    assert [count(worker), count(worker)] == [1, 2]
    with forked(worker) as child:
        assert [count(child), count(child)] == [3, 4]
    assert count(worker) == 3
    with forked(zygote.channel) as other, pytest.raises(ChildFailedError):
        other.request("call", inputs=remember)


def test_the_parent_reads_the_childs_clock(worker: Worker) -> None:
    """CPU time grows with the child's work by perfbot's own reading, and not with its sleep."""

    def spent(inputs: bytes) -> int:
        before = worker.cpu_ns()
        worker.request("call", inputs=inputs, cpu_s=60)
        return worker.cpu_ns() - before

    little, much = spent(work("spin", 100_000)), spent(work("spin", 4_000_000))
    assert much > 4 * little > 0
    assert spent(work("sleep", 1)) < much
    assert worker.pid != os.getpid()
    os.kill(worker.pid, 0)


def test_a_killed_worker_is_gone(zygote: Zygote) -> None:
    """`kill` ends the process, and a request to it is then a failure."""
    child = fork(zygote.channel)
    child.kill()
    with pytest.raises(ChildFailedError):
        child.request("hello")
    deadline = time.monotonic() + 20
    while runs(child.pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not runs(child.pid)


def test_a_fork_that_fails_leaves_no_socket(zygote: Zygote) -> None:
    """A child that there may be waits for the end of its stream, while the error is still held."""
    parent = fork(zygote.channel)
    parent.kill()
    before = len(os.listdir("/proc/self/fd"))
    with pytest.raises(ChildFailedError) as caught:
        fork(parent)
    assert len(os.listdir("/proc/self/fd")) == before, caught


def runs(pid: int) -> bool:
    """Whether a process is there and not merely unburied."""
    try:
        return ") Z" not in Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_an_answer_beyond_the_limit_does_not_travel(worker: Worker) -> None:
    """A result of hundreds of megabytes comes back as its digest."""
    status, _explicit, body, _effects = worker.request(
        "call", inputs=work("hoard", 100_000_000), cpu_s=30
    )
    assert (status, body[:7], len(body)) == ("return", b"sha256:", 47)


def test_a_timed_pair_times_each_side_and_keeps_its_outputs(
    project: Project, target: Target
) -> None:
    """The slower version's batch reads longer, and both sides' outputs come back."""
    slower = SOURCE.replace("for _ in range(n):", "for _ in range(20 * n):")
    pair = ForkedPair(project, target, (SOURCE, slower), imports=(), hash_seed=1, core=0)
    try:
        times = []
        for side in (BASELINE, EDIT):
            pair.prepare(side, [work("spin", 50_000), work("remember")])
            times.append(pair.run(side).cpu_ns)
            outputs = pair.outputs(side)
            assert len(outputs) == 2
            assert decode(outputs[1].removeprefix(b"return"))[0] is None
            assert pair.peak_bytes(side) > 1_000_000
            assert pair.threads(side) == 1
        assert times[1] > 4 * times[0]
    finally:
        pair.close()


def test_an_edit_that_hangs_while_timed_is_ended_soon(project: Project, target: Target) -> None:
    """It gets a little more than the original needed, not minutes."""
    sleeps = "import time; time.sleep(900)"
    hanging = SOURCE.replace("for _ in range(n):", f"{sleeps}\n        for _ in range(n):")
    pair = ForkedPair(project, target, (SOURCE, hanging), imports=(), hash_seed=1, core=0)
    try:
        pair.prepare(BASELINE, [work("spin", 300_000)])
        pair.run(BASELINE)
        pair.prepare(EDIT, [work("spin", 300_000)])
        cpu_s, wall_s = pair.limits(EDIT)
        assert cpu_s < BATCH_CPU_S / 4 and wall_s < BATCH_WALL_S / 2
        # A slower case than those that the original ran so far gets the time of its own.
        assert pair.limits(EDIT, 2.0)[0] >= 20 > cpu_s
        with pytest.raises(ChildFailedError) as ended:
            pair.run(EDIT)
        assert ended.value.kind == "timeout"
    finally:
        pair.close()


def test_a_batch_of_large_outputs_travels_in_parts(project: Project, target: Target) -> None:
    """More than one answer may hold in all, each a little less than what becomes a digest."""
    pair = ForkedPair(project, target, (SOURCE, SOURCE), imports=(), hash_seed=1, core=0)
    try:
        for side in (BASELINE, EDIT):
            pair.prepare(side, [work("hoard", 900_000), work("hoard", 7)], repeat=80)
            pair.run(side)
            outputs = pair.outputs(side)
            assert len(outputs) == 160
            assert sum(map(len, outputs)) > REPLY_BYTES
            assert [len(item) > 100 for item in outputs] == 80 * [True, False]
    finally:
        pair.close()


def test_the_parts_of_a_batch_share_one_deadline(
    project: Project, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An edit that hands its outputs over bit by bit is stopped, as one that hangs."""
    pair = ForkedPair(project, target, (SOURCE, SOURCE), imports=(), hash_seed=1, core=0)
    try:
        pair.prepare(EDIT, [work("hoard", 900_000)], repeat=80)
        pair.run(EDIT)
        monkeypatch.setattr(timing, "OUTPUTS_S", 0.0)
        with pytest.raises(ChildFailedError, match="outputs take more than 0 s"):
            pair.outputs(EDIT)
    finally:
        pair.close()


FILLS = """\
import os, time

def fill():
    while True:
        try:
            if os.fork() == 0:
                os.setsid()
                time.sleep(60)
        except OSError:
            time.sleep(60)
"""


def test_a_sandbox_that_a_candidate_filled_is_replaced(tmp_path: Path) -> None:
    """What a call left running, up to the limit of processes, keeps no later call from its turn."""
    (tmp_path / "mod.py").write_text(FILLS)
    target = locate(tmp_path, "mod.py", "fill", import_root=".")
    with Runner(Project(tmp_path, Path(sys.executable)), target, FILLS, hash_seed=1) as runner:
        for _ in range(2):
            found = runner.call(encode([(), {}]), cpu_s=5, wall_s=2)
            assert found.status == "timeout", found
