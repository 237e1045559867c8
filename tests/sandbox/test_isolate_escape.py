"""The table of attacks against the sandbox in use here, and what no attempt inside can tell."""

import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from perfbot.sandbox.attacks.abuse import Abuse, survivors, try_abuse
from perfbot.sandbox.attacks.abuses import ABUSES
from perfbot.sandbox.attacks.allowed import ALLOWED
from perfbot.sandbox.attacks.attempt import (
    Attempt,
    Outcome,
    Outside,
    labels,
    try_inside,
    try_ordinary,
    works_outside,
)
from perfbot.sandbox.attacks.escapes import ESCAPES
from perfbot.sandbox.attacks.host import Host, decoys
from perfbot.sandbox.isolate.process import (
    Box,
    Ended,
    Limits,
    describe,
    interpreter_mounts,
    launch,
    run,
)

PYTHON = Path(sys.executable)
BOX = Box(read_only=interpreter_mounts(PYTHON))
EMPTY = Box()
LIMITS = Limits(wall_s=20, memory_bytes=512 << 20)
NO_GAPS: frozenset[str] = frozenset()
LANDLOCK = {
    "learn that a file of the host is there",
    "see System V shared memory",
    "find a secret in a command line",
    "learn the host's name",
    "see processes of the host",
}


@pytest.fixture(scope="module")
def host() -> Iterator[Host]:
    """Things on the host that an escape would find."""
    with decoys() as found:
        yield found


@pytest.fixture(scope="module")
def sandbox() -> frozenset[str]:
    """What the sandbox in use goes by in the tables."""
    return labels(describe())


def id_of(row: Attempt | Abuse) -> str:
    """A test's name."""
    return row.name


@pytest.mark.parametrize("attempt", ESCAPES, ids=id_of)
def test_held(attempt: Attempt, host: Host, sandbox: frozenset[str]) -> None:
    """The attempt is refused, or is a gap that the table names for this sandbox."""
    result = try_inside(attempt, host, sandbox)
    assert result.outcome in {Outcome.HELD, Outcome.GAP}, result


@pytest.mark.parametrize("ordinary", ALLOWED, ids=id_of)
def test_allowed(ordinary: Attempt, host: Host, sandbox: frozenset[str]) -> None:
    """Ordinary work goes on as outside."""
    result = try_ordinary(ordinary, host, sandbox)
    assert result.outcome in {Outcome.WORKS, Outcome.GAP}, result


@pytest.mark.parametrize("abuse", ABUSES, ids=id_of)
def test_abuse_ends(abuse: Abuse, host: Host, sandbox: frozenset[str]) -> None:
    """The abuse ends as it must, leaves no process, and the host is as before."""
    result = try_abuse(abuse, host, sandbox)
    assert result.outcome in {Outcome.HELD, Outcome.GAP}, result


@pytest.mark.parametrize(
    "attempt", [row for row in ESCAPES if row.outside is Outside.WORKS], ids=id_of
)
def test_the_attempt_is_a_real_one(attempt: Attempt, host: Host) -> None:
    """Without a sandbox it gets through: what holds it inside is the sandbox."""
    assert works_outside(attempt, host) is True


def test_what_could_do_harm_is_not_run_outside(host: Host) -> None:
    """An attempt marked as harmful is never started as a plain process."""
    planted = host.scratch / "planted"
    code = f"open({str(planted)!r}, 'w')"
    assert works_outside(Attempt("plant", code, Outside.HARMS), host) is None
    assert not planted.exists()
    assert works_outside(Attempt("plant", code), host) is True
    assert planted.exists()


def test_names_are_unique_and_gaps_are_few() -> None:
    """A gap is a hole that everybody accepts: each is listed here by hand as well."""
    names = [row.name for row in (*ESCAPES, *ALLOWED)] + [row.name for row in ABUSES]
    assert len(set(names)) == len(names)
    assert {row.name for row in ESCAPES if row.gaps} == LANDLOCK
    assert {label for row in ESCAPES for label in row.gaps} == {"landlock"}
    assert not any(row.gaps for row in ABUSES)


@pytest.mark.parametrize(
    ("code", "gaps", "outcome"),
    [
        ("pass", NO_GAPS, Outcome.ESCAPED),
        ("pass", frozenset({"here"}), Outcome.GAP),
        ("pass", frozenset({"elsewhere"}), Outcome.ESCAPED),
        ("raise Held('so')", frozenset({"here"}), Outcome.HELD),
        ("open('/no/such/file')", NO_GAPS, Outcome.HELD),
        ("no_such_name", NO_GAPS, Outcome.UNCLEAR),
        ("os._exit(0)", frozenset({"here"}), Outcome.UNCLEAR),
        ("print('HELD so'); os._exit(1)", NO_GAPS, Outcome.UNCLEAR),
        ("os.abort()", NO_GAPS, Outcome.UNCLEAR),
        ("reach(nr.mount, 0, 0, 0, 0, 0)", NO_GAPS, Outcome.HELD),
        ("reach(nr.ptrace, 0x4206, -1, 0, 0)", NO_GAPS, Outcome.ESCAPED),
    ],
)
def test_how_an_attempt_is_read(
    code: str, gaps: frozenset[str], outcome: Outcome, host: Host
) -> None:
    """Only a refusal is held; an attempt that breaks off shows nothing."""
    attempt = Attempt("an attempt", code, gaps=gaps)
    assert try_inside(attempt, host, frozenset({"here"})).outcome is outcome


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("print('done')", Outcome.HELD),
        ("unbounded('all of it')", Outcome.ESCAPED),
        ("time.sleep(60)", Outcome.ESCAPED),
        ("os.kill(os.getpid(), 9)", Outcome.ESCAPED),
        ("no_such_name", Outcome.UNCLEAR),
    ],
)
def test_how_an_abuse_is_read(code: str, outcome: Outcome, host: Host) -> None:
    """Held is only what ended as the table says, within the limits."""
    abuse = Abuse("an abuse", code, limits=Limits(wall_s=0.5))
    assert try_abuse(abuse, host, NO_GAPS).outcome is outcome


def test_survivors_are_found() -> None:
    """A process with the mark in its command line is seen while it lives, and not afterwards."""
    mark = f"perfbot-mark-{os.getpid()}"
    command = ["sh", "-c", "echo up; read line", mark]
    left = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert left.stdout is not None
    left.stdout.readline()  # its command line is not there before it runs
    assert survivors(mark) == [left.pid]
    left.communicate()
    assert survivors(mark) == []


def test_damage_to_a_decoy_is_an_escape(host: Host) -> None:
    """What happened to the host is looked up there, whatever the attempt itself says."""
    host.restore()
    assert host.damage() == ""
    host.canary.write_text("changed")
    host.victim.kill()
    host.victim.wait()
    assert "killed" in host.damage() and "changed" in host.damage()
    host.restore()
    assert host.damage() == ""


def test_no_decoy_is_left() -> None:
    """Afterwards there is no file, process, variable or shared memory of an attack."""
    before = Path("/proc/sysvipc/shm").read_text()
    with decoys() as laid:
        victim = laid.victim
        paths = (laid.scratch, laid.home_folder, laid.shared_memory_file)
        assert all(path.exists() for path in paths)
        assert laid.token in os.environ.values()
    assert not any(path.exists() for path in paths)
    assert victim.returncode is not None
    assert laid.token not in os.environ.values()
    assert Path("/proc/sysvipc/shm").read_text() == before


def shell(script: str, box: Box = EMPTY) -> str:
    """stdout and stderr of a shell script in the sandbox."""
    finished = run(["sh", "-c", script], box=box, limits=LIMITS)
    return (finished.stdout + finished.stderr).decode(errors="replace")


def test_no_environment_of_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key in perfbot's environment shows in no process inside, pid 1 included."""
    monkeypatch.setenv("FAKE_API_KEY", "sk-SECRET-123")
    seen = shell("env; cat /proc/[0-9]*/environ; cat /proc/[0-9]*/cmdline")
    assert "HOME=/home/u" in seen
    assert "SECRET" not in seen
    assert "FAKE_API_KEY" not in seen


def test_no_home_of_the_host() -> None:
    """The home of whoever runs perfbot is not there."""
    assert Path.home().is_dir() or os.geteuid() != 0
    assert "No such file" in shell(f"ls -A {Path.home()}/")


def test_no_descriptor_leaks(host: Host) -> None:
    """Only stdin, stdout, stderr and the one that lists them are open, here and in pid 1's view."""
    assert os.get_inheritable(host.leaking_fd)
    assert shell("ls /proc/self/fd").split() == ["0", "1", "2", "3"]


def test_never_root() -> None:
    """Inside, the user id is not 0, there are no capabilities, and none can be gained."""
    seen = shell("id -u; grep -E 'CapEff|CapBnd|NoNewPrivs|Seccomp:' /proc/self/status")
    uid, *status = seen.split("\n", 1)
    assert uid != "0"
    fields = dict(line.split() for line in status[0].strip().splitlines())
    assert int(fields["CapEff:"], 16) == 0
    assert fields["NoNewPrivs:"] == "1"
    assert fields["Seccomp:"] == "2"


def test_the_kernel_never_sees_root() -> None:
    """Also outside, the payload's real uid is that of an ordinary user (kernel uid 0 is exempt)."""
    read, write = os.pipe()
    script = f"import os, time; os.write({write}, b'up'); time.sleep(60)"
    command = [str(PYTHON), "-I", "-S", "-c", script]
    with launch(command, box=BOX, limits=LIMITS, fds=[write]):
        os.close(write)
        assert os.read(read, 2) == b"up"
        os.close(read)
        owners = {
            Path("/proc", pid).stat().st_uid
            for pid in os.listdir("/proc")
            if pid.isdigit() and _command(pid).split(b"\0")[-2:-1] == [script.encode()]
            and _command(pid).startswith(os.fsencode(PYTHON) + b"\0")
        }  # fmt: skip
    assert owners and 0 not in owners


def _command(pid: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def test_standard_streams_can_be_reopened() -> None:
    """Programs that open /dev/stdout and /dev/stderr by name work, also as nobody."""
    assert shell("echo one > /dev/stdout; echo two > /dev/stderr") == "one\ntwo\n"


def test_only_its_own_processes() -> None:
    """The sandbox's /proc holds a handful of processes, not the host's."""
    assert len(shell("ls -d /proc/[0-9]*").split()) < 6


def test_no_network_interface_but_loopback() -> None:
    """/proc/net/dev lists lo alone."""
    seen = [line.split(":")[0].strip() for line in shell("cat /proc/net/dev").splitlines()[2:]]
    assert set(seen) <= {"lo", "sit0", "tunl0", "ip6tnl0"}
    assert "lo" in seen


@pytest.mark.skipif(platform.machine() != "x86_64", reason="x32 belongs to x86_64")
def test_x32_calls_do_not_exist(host: Host, sandbox: frozenset[str]) -> None:
    """The other numbering of x86_64's calls is refused as if there were none."""
    (attempt,) = (row for row in ESCAPES if row.name == "calls by the x32 numbers")
    assert "Function not implemented" in try_inside(attempt, host, sandbox).detail


def test_read_only_mounts_and_files(tmp_path: Path) -> None:
    """A mount shows the host's tree, cannot be written, and `files` lie over it."""
    (tmp_path / "a").write_text("host a")
    (tmp_path / "b").write_text("host b")
    box = Box(
        read_only=((tmp_path, "/deep/project"),),
        files=(("/deep/project/b", b"given b"), ("/drivers/d", b"driver"), ("/box/c", b"c")),
        env=(("NAME", "a value"),),
        cwd="/deep/project",
    )
    seen = shell("cat a b /drivers/d /box/c; echo :$NAME:; pwd; ls -ld /deep /drivers", box)
    assert seen.startswith("host agiven bdriverc:a value:")
    assert "/deep/project" in seen
    assert seen.count("drwxr-xr-x") == 2
    for path in ("a", "b", "new", "/drivers/d", "/box/c"):
        refused = shell(f"echo x > {path}", box)
        assert "Read-only" in refused or "Permission denied" in refused, path
    assert shell("rm -f /box/c b; cat /box/c b", box).startswith("cgiven b")
    assert (tmp_path / "b").read_text() == "host b"
    assert not (tmp_path / "new").exists()


def test_an_ended_sandbox_leaves_nothing_running() -> None:
    """A sandbox that is over is over: its end is not told before its last process is dead."""
    mark = f"perfbot-ended-{os.getpid()}"
    finished = run(["sh", "-c", "setsid sleep 60 & echo left", mark], box=EMPTY, limits=LIMITS)
    assert finished.ended is Ended.EXITED and finished.stdout == b"left\n"
    assert survivors(mark) == []
