"""Resource abuse and lifetime: a sandbox ends when it must, whole, and holds while it should."""

import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from perfbot.sandbox.errors import MachineError, UsageError
from perfbot.sandbox.isolate import memory
from perfbot.sandbox.isolate.process import (
    Box,
    Ended,
    Finished,
    Limits,
    describe,
    interpreter_mounts,
    launch,
    run,
)

PYTHON = Path(sys.executable)
BOX = Box(read_only=interpreter_mounts(PYTHON), box_bytes=8 << 20, tmp_bytes=8 << 20)
MIB = 1 << 20


def python(code: str, limits: Limits) -> Finished:
    """Run Python code in the sandbox."""
    return run([str(PYTHON), "-I", "-S", "-c", code], box=BOX, limits=limits)


@pytest.fixture
def mark() -> Iterator[str]:
    """A number that names this test's processes in the host's process list."""
    yield f"7777.{os.getpid()}{time.monotonic_ns()}"


def survivors(mark: str) -> list[str]:
    """Processes of the host with `sleep MARK` as their command."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                if f"sleep\0{mark}\0".encode() in (folder / "cmdline").read_bytes():
                    found.append(folder.name)
            except (FileNotFoundError, ProcessLookupError):
                continue
    return found


def wait_for(mark: str) -> None:
    """Return when a process with this mark runs."""
    deadline = time.monotonic() + 20
    while not survivors(mark):
        assert time.monotonic() < deadline, "the marked process never started"
        time.sleep(0.01)


BOMBS = {
    "one process": "b = bytearray()\nwhile 1: b += b'x' * (16 << 20)",
    "many processes": "import os, time\n"
    "for i in range(20):\n"
    "  if os.fork() == 0:\n"
    "    b = bytearray(b'x' * (40 << 20)); time.sleep(20)\n"
    "time.sleep(20)",
    "memfd": "import os, time\n"
    "f = os.memfd_create('x')\n"
    "for i in range(400): os.write(f, b'x' * (1 << 20))\n"
    "time.sleep(20)",
}


@pytest.mark.parametrize("name", BOMBS)
def test_memory_bomb(name: str) -> None:
    """Memory over the limit ends the sandbox, wherever the memory is."""
    finished = python(BOMBS[name], Limits(wall_s=19, file_bytes=1 << 30, memory_bytes=200 * MIB))
    assert finished.ended is Ended.MEMORY
    assert finished.returncode == -signal.SIGKILL


def test_shared_pages_are_counted_once() -> None:
    """A process of 100 MiB that forks eight times stays under 300 MiB, and is left alone."""
    code = (
        "import os, time\nb = bytearray(b'x' * (100 << 20))\n"
        "for i in range(8):\n  if os.fork() == 0: time.sleep(.3); os._exit(0)\ntime.sleep(.4)"
    )
    finished = python(code, Limits(memory_bytes=300 * MIB))
    assert (finished.ended, finished.returncode) == (Ended.EXITED, 0)
    assert finished.peak_bytes is not None and finished.peak_bytes > 90 * MIB


def test_fork_bomb() -> None:
    """fork fails at the limit, and nothing is left afterwards."""
    code = (
        "import os, time\nn = 0\ntry:\n  while 1:\n    if os.fork() == 0: time.sleep(20)\n"
        "    n += 1\nexcept OSError: print(n)"
    )
    finished = python(code, Limits(processes=40))
    assert finished.ended is Ended.EXITED
    assert 20 <= int(finished.stdout) < 40


def test_thread_bomb() -> None:
    """Threads count as processes do."""
    code = (
        "import threading, time, os\nn = 0\ntry:\n  while 1:\n"
        "    threading.Thread(target=time.sleep, args=(20,)).start(); n += 1\n"
        "except RuntimeError: print(n, flush=True)\nos._exit(0)"
    )
    assert 20 <= int(python(code, Limits(processes=40)).stdout) < 40


def test_output_flood() -> None:
    """Output over the limit ends it, and no more than the limit is kept."""
    finished = run(["yes"], box=BOX, limits=Limits(output_bytes=100_000))
    assert finished.ended is Ended.OUTPUT
    assert len(finished.stdout) == 100_000


def test_unlimited_output_keeps_the_tail() -> None:
    """Without a limit the last 64 KiB are kept and the command goes on."""
    finished = run(["seq", "100000"], box=BOX, limits=Limits(output_bytes=None))
    assert finished.ended is Ended.EXITED
    assert finished.stdout.endswith(b"\n99999\n100000\n")
    assert len(finished.stdout) == 64 * 1024


def test_wall_clock() -> None:
    """A sleeper is ended by the wall clock."""
    finished = run(["sleep", "30"], box=BOX, limits=Limits(wall_s=0.2))
    assert finished.ended is Ended.TIMEOUT
    assert 0.2 <= finished.seconds < 20


def test_wall_clock_against_ignored_signals(mark: str) -> None:
    """Ignoring every signal, in several sessions, does not help."""
    code = f"trap '' HUP INT TERM QUIT; setsid sleep {mark} & sleep {mark}"
    finished = run(["sh", "-c", code], box=BOX, limits=Limits(wall_s=0.3))
    assert finished.ended is Ended.TIMEOUT
    assert survivors(mark) == []


def test_cpu_time() -> None:
    """A busy loop is ended by the CPU limit, long before the wall clock."""
    assert python("while 1: pass", Limits(cpu_s=1, wall_s=60)).ended is Ended.CPU


@pytest.mark.parametrize("path", ["/box/big", "/tmp/big"])
def test_sized_folders(path: str) -> None:
    """/box and /tmp take as much as they were given."""
    code = (
        f"f = open('{path}', 'wb', 0)\nn = 0\ntry:\n  while 1: n += f.write(b'x' * 65536)\n"
        "except OSError as problem: print(n, problem.errno)"
    )
    written, error = python(code, Limits()).stdout.split()
    assert int(written) == 8 * MIB
    assert int(error) == 28  # ENOSPC


def test_file_size_and_open_files() -> None:
    """A file stops at its limit, and so does the number of open ones."""
    code = (
        "import os, signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "f = open('/box/f', 'wb', 0)\nn = 0\ntry:\n  while 1: n += f.write(b'x' * 4096)\n"
        "except OSError: print(n)\nn = 0\ntry:\n  while 1: os.dup(0); n += 1\n"
        "except OSError: print(n)"
    )
    size, descriptors = python(code, Limits(file_bytes=1 * MIB, open_files=64)).stdout.split()
    assert int(size) == 1 * MIB
    assert 40 < int(descriptors) < 64


def test_how_it_ended() -> None:
    """Exit code, signal, a missing command, and killing everything from inside."""
    limits = Limits()
    assert run(["sh", "-c", "exit 7"], box=BOX, limits=limits).returncode == 7
    aborted = python("import os; os.abort()", limits)
    assert (aborted.ended, aborted.returncode) == (Ended.SIGNALED, -signal.SIGABRT)
    missing = run(["no-such-command"], box=BOX, limits=limits)
    assert (missing.ended, missing.returncode) == (Ended.EXITED, 127)
    finished = run(
        ["sh", "-c", "sleep 20 & kill -9 -1; kill -9 1; echo on"], box=BOX, limits=limits
    )
    assert finished.ended is Ended.EXITED


def test_stdin() -> None:
    """Standard input arrives whole, and is empty unless given."""
    data = os.urandom(300_000)
    assert run(["cat"], box=BOX, limits=Limits(), stdin=data).stdout == data
    assert run(["cat"], box=BOX, limits=Limits()).stdout == b""


def test_a_missing_mount_is_an_error() -> None:
    """A mount that does not exist on the host is reported, and is no verdict on the command."""
    box = Box(read_only=((Path("/no/such/folder"), "/x"),))
    with pytest.raises(MachineError, match="/no/such/folder"):
        run(["true"], box=box, limits=Limits())


def test_daemons_die_with_the_command(mark: str) -> None:
    """A daemon that left its session is dead when `run` returns."""
    code = f"(setsid sh -c 'sleep {mark} & sleep {mark}' >/dev/null 2>&1 &); sleep .1; echo ok"
    finished = run(["sh", "-c", code], box=BOX, limits=Limits())
    assert finished.stdout == b"ok\n"
    assert survivors(mark) == []


def test_kill(mark: str) -> None:
    """kill ends everything, at once and as often as one likes; the end is remembered."""
    code = f"echo to-stderr >&2; setsid sleep {mark} & sleep {mark}"
    with launch(["sh", "-c", code], box=BOX, limits=Limits(wall_s=None)) as sandboxed:
        wait_for(mark)
        assert sandboxed.alive
        with pytest.raises(TimeoutError):
            sandboxed.wait(0.05)
        sandboxed.kill()
        assert survivors(mark) == []
        assert not sandboxed.alive
        sandboxed.kill()
        assert sandboxed.wait().ended is Ended.KILLED
        assert sandboxed.stderr_tail == "to-stderr\n"
    assert sandboxed.wait().ended is Ended.KILLED


def test_it_outlives_the_thread_that_asked(mark: str) -> None:
    """A sandbox launched by a worker thread goes on when that thread has ended."""
    made = []
    worker = threading.Thread(
        target=lambda: made.append(launch(["sleep", mark], box=BOX, limits=Limits(wall_s=None)))
    )
    worker.start()
    worker.join()
    wait_for(mark)
    with made[0] as sandboxed, pytest.raises(TimeoutError):
        sandboxed.wait(0.3)


PARENT = """
import sys, threading
from perfbot.sandbox.isolate.process import Box, Limits, launch
def work():
    launch(["sh", "-c", "setsid sleep MARK & sleep MARK"], box=Box(), limits=Limits(wall_s=None))
for i in range(2):
    worker = threading.Thread(target=work)
    worker.start()
    worker.join()
sys.stdin.read()
"""


def test_nothing_survives_a_killed_perfbot(mark: str) -> None:
    """SIGKILL for perfbot takes every sandbox with it."""
    parent = subprocess.Popen([PYTHON, "-c", PARENT.replace("MARK", mark)], stdin=subprocess.PIPE)
    wait_for(mark)
    time.sleep(0.5)  # bubblewrap's own command line has the mark before it asks to die with us
    parent.kill()
    parent.communicate()
    deadline = time.monotonic() + 10
    while survivors(mark) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert survivors(mark) == []


def test_many_at_once() -> None:
    """Eight threads run sandboxes at the same time and each gets its own answer."""
    answers: dict[int, bytes] = {}

    def work(i: int) -> None:
        answers[i] = run(["sh", "-c", f"echo {i}"], box=Box(), limits=Limits(wall_s=60)).stdout

    workers = [threading.Thread(target=work, args=(i,)) for i in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert answers == {i: f"{i}\n".encode() for i in range(8)}


def test_nothing_of_ours_is_left() -> None:
    """Runs leave no descriptor, no thread and no cgroup behind."""
    run(["true"], box=BOX, limits=Limits())
    before = (set(os.listdir("/proc/self/fd")), threading.active_count())
    for command in (["true"], ["no-such-command"], ["sh", "-c", "kill -9 $$"]):
        with launch(command, box=BOX, limits=Limits()) as sandboxed:
            sandboxed.wait()
    with pytest.raises(MachineError):
        run(["true"], box=Box(read_only=((Path("/no/such"), "/x"),)), limits=Limits())
    deadline = time.monotonic() + 5
    while threading.active_count() > before[1] and time.monotonic() < deadline:
        time.sleep(0.01)
    assert (set(os.listdir("/proc/self/fd")), threading.active_count()) == before
    assert not list(Path("/sys/fs/cgroup").rglob(f"perfbot-{os.getpid()}-*"))


def test_descriptors_keep_their_numbers() -> None:
    """A socket passed in works under its number, and the kernel names the sender's host pid."""
    ours, theirs = socket.socketpair()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
    code = (
        f"import os, socket\ns = socket.socket(fileno={theirs.fileno()})\n"
        "s.send(str(os.getpid()).encode()); s.recv(1)"
    )
    command = [str(PYTHON), "-I", "-S", "-c", code]
    with launch(command, box=BOX, limits=Limits(), fds=[theirs.fileno()]) as sandboxed:
        theirs.close()
        said, ancillary, _, _ = ours.recvmsg(64, socket.CMSG_SPACE(12))
        pid = struct.unpack("3i", ancillary[0][2])[0]
        assert pid != int(said)
        assert "import os, socket" in Path(f"/proc/{pid}/cmdline").read_text()
        ours.send(b"x")
        assert sandboxed.wait(20).returncode == 0
        assert ours.recv(1) == b""  # nobody else inside holds the other end
    ours.close()


def test_pinned_to_a_processor() -> None:
    """`cpu` holds for the command and what it starts."""
    cpu = max(os.sched_getaffinity(0))
    code = "import os; os.waitpid(os.fork() or os._exit(print(os.sched_getaffinity(0)) or 0), 0)"
    command = [str(PYTHON), "-u", "-I", "-S", "-c", code]
    assert run(command, box=BOX, limits=Limits(), cpu=cpu).stdout == f"{{{cpu}}}\n".encode()


def test_interpreter_mounts_show_no_home(tmp_path: Path) -> None:
    """A link to the interpreter in ~/bin brings the link and the installation, not the home."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "id_rsa").write_text("TOPSECRET")
    link = tmp_path / "bin" / "python"
    link.symlink_to(PYTHON)
    mounts = interpreter_mounts(link)
    assert not any((tmp_path / "id_rsa").is_relative_to(path) for path, _ in mounts)
    box = Box(read_only=mounts)
    assert run([str(link), "-c", "print(6 * 7)"], box=box, limits=Limits()).stdout == b"42\n"
    with pytest.raises(UsageError):
        interpreter_mounts(tmp_path / "none")


def test_the_backend_is_named() -> None:
    """What the evidence records says who isolates, how memory is counted and what is not held."""
    said = describe()
    assert "bubblewrap" in said["backend"]
    assert said["mode"] == ("root" if os.geteuid() == 0 else "user")
    assert said["accounting"] in {"cgroup v1", "cgroup v2", "watchdog"}
    assert ("sampled" in said["not_guaranteed"]) == (said["accounting"] == "watchdog")


def test_delegated_cgroup(tmp_path: Path) -> None:
    """The nearest folder that hands memory and pids on is used; none above an undelegated one."""
    inner = tmp_path / "user.slice" / "app.scope"
    inner.mkdir(parents=True)
    for folder in (tmp_path, inner.parent, inner):
        (folder / "cgroup.procs").touch()
        (folder / "cgroup.subtree_control").write_text("")
    assert memory.delegated_parent(tmp_path, "/user.slice/app.scope") is None
    (inner.parent / "cgroup.subtree_control").write_text("cpu memory pids\n")
    found = memory.delegated_parent(tmp_path, "/user.slice/app.scope")
    assert found is not None and found.folder == inner.parent
    (inner / "cgroup.procs").unlink()
    (inner / "cgroup.subtree_control").unlink()
    assert memory.delegated_parent(tmp_path, "/user.slice/app.scope") is None
