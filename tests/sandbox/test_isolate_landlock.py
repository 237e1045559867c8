"""The sandbox without namespaces: what Landlock and seccomp hold, and that nothing is left."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from perfbot.sandbox.errors import MachineError, UsageError
from perfbot.sandbox.isolate import choice, init, landlock, seccomp
from perfbot.sandbox.isolate.bare import Bare
from perfbot.sandbox.isolate.process import (
    Box,
    Ended,
    Finished,
    Limits,
    describe,
    launch,
    new_root,
    run,
)
from perfbot.sandbox.isolate.shared_calls import NUMBERS, shared_calls

PYTHON = "/usr/bin/python3"
"""Run by root, what is sandboxed runs as nobody, who can read this one."""
AS_ROOT = os.geteuid() == 0
needs_landlock = pytest.mark.skipif(not landlock.version(), reason="this kernel has no Landlock")
needs_python = pytest.mark.skipif(not Path(PYTHON).exists(), reason=f"there is no {PYTHON}")


@pytest.fixture
def confined() -> Iterator[None]:
    """Landlock is what isolates."""
    choice.choose("landlock")
    yield
    choice.choose(choice.AUTO)


@pytest.fixture
def unconfined() -> Iterator[None]:
    """Nothing isolates."""
    choice.choose(choice.NONE)
    yield
    choice.choose(choice.AUTO)


def box(**more: object) -> Box:
    """A box with a folder of its own."""
    root = new_root()
    return Box(root=root, cwd=f"{root}/box", **more)  # type: ignore[arg-type]


def shell(script: str, limits: Limits | None = None, **more: object) -> Finished:
    """A shell script, run in the sandbox."""
    return run(["sh", "-c", script], box=box(**more), limits=limits or Limits(wall_s=20))


def python(code: str) -> str:
    """What Python code prints in the sandbox."""
    finished = run([PYTHON, "-I", "-S", "-c", code], box=box(), limits=Limits(wall_s=20))
    return (finished.stdout + finished.stderr).decode()


ATTEMPT = """
import ctypes, os, socket, resource
LIBC = ctypes.CDLL(None, use_errno=True)
def call(function, *arguments):
    if getattr(LIBC, function)(*arguments) == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
try:
    {code}
except OSError as problem:
    print("HELD", problem)
else:
    print("ESCAPED")
"""
HELD = {
    "read a secret of the user": "open({secret!r}).read()",
    "list the user's folder": "os.listdir({folder!r})",
    "write what anyone may write": "open({canary!r}, 'w')",
    "cut what anyone may write": "os.truncate({canary!r}, 0)",
    "remove what anyone may write": "os.remove({canary!r})",
    "write to the system's /tmp": "open('/tmp/perfbot-planted', 'w')",
    "read the environment of perfbot": "open('/proc/{us}/environ').read(1)",
    "write the memory of perfbot": "open('/proc/{us}/mem', 'r+b')",
    "go through perfbot's root": "os.listdir('/proc/{us}/root/home')",
    "signal a process outside": "os.kill({victim}, 9)",
    "trace a process outside": "call('ptrace', 16, {victim}, 0, 0)",
    "limit a process outside": "resource.prlimit({us}, resource.RLIMIT_CPU, (1, 1))",
    "pin a process outside": "os.sched_setaffinity({us}, [0])",
    "a TCP socket": "socket.create_connection(('127.0.0.1', {port}), 2)",
    "a UDP socket": "socket.socket(2, 2)",
    "a socket file": "socket.socket(1).connect({socket!r})",
    "datagrams to a socket file": "socket.socketpair(1, 2)[0].sendto(b'x', {socket!r})",
    "System V memory": "call('shmget', 1, 1, 0o1666)",
    "a message queue": "call('msgget', 1, 0o1666)",
    "the host's shared memory": "os.listdir('/dev/shm')",
    "a core pattern": "open('/proc/sys/kernel/core_pattern', 'r+')",
    "its own out-of-memory score": "open('/proc/self/oom_score_adj', 'w')",
    "a user namespace": "call('unshare', 0x10000000)",
    "a mount": "call('mount', b'x', b'/tmp', b'tmpfs', 0, 0)",
    "another user": "os.setuid(0)",
}  # fmt: skip
ALLOWED = {
    "read /usr": "os.listdir('/usr')",
    "write its box": "open('mine', 'w').write('x')",
    "write its home": "open(os.path.expanduser('~/mine'), 'w').write('x')",
    "write its scratch folder": "open(os.environ['TMPDIR'] + '/mine', 'w').write('x')",
    "write /dev/null": "open('/dev/null', 'w').write('x')",
    "a socket pair": "socket.socketpair()",
    "fork and signal a child": "child = os.fork() or os._exit(LIBC.pause()); os.kill(child, 9)",
    "abort a child": "os.waitpid(os.fork() or os.abort(), 0)",
    "limit itself": "resource.prlimit(0, resource.RLIMIT_NOFILE, (64, 64))",
    "change a mode": "open('mine', 'w').close(); os.chmod('mine', 0o600)",
}


@pytest.fixture(scope="module")
def host() -> Iterator[dict[str, object]]:
    """Things on the host that an escape would find."""
    # Not below pytest's folder, which every pytest that starts closes to others.
    with tempfile.TemporaryDirectory(prefix="perfbot-host-") as name:
        yield from decoys(Path(name))


def decoys(folder: Path) -> Iterator[dict[str, object]]:
    """Files, sockets and a process that anyone may reach; checks at the end that none did."""
    folder.chmod(0o755)
    for name in ("secret", "canary"):
        (folder / name).write_text(name)
        (folder / name).chmod(0o666)
    victim = subprocess.Popen(["sleep", "300"])
    with (
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as path,
    ):
        path.bind(str(folder / "s"))
        (folder / "s").chmod(0o777)
        yield {
            "folder": str(folder),
            "secret": str(folder / "secret"),
            "canary": str(folder / "canary"),
            "socket": str(folder / "s"),
            "port": tcp.getsockname()[1],
            "victim": victim.pid,
            "us": os.getpid(),
        }
    assert victim.poll() is None, "a process of the host was ended from inside"
    assert (folder / "canary").read_text() == "canary"
    victim.kill()
    victim.wait()


@needs_landlock
@needs_python
@pytest.mark.parametrize("name", HELD)
def test_held(name: str, host: dict[str, object], confined: None) -> None:
    """The kernel refuses the attempt."""
    assert python(ATTEMPT.format(code=HELD[name].format(**host))).startswith("HELD")


@needs_landlock
@needs_python
@pytest.mark.parametrize("name", ALLOWED)
def test_allowed(name: str, confined: None) -> None:
    """Ordinary work goes on: else the attempts above would show nothing."""
    assert python(ATTEMPT.format(code=ALLOWED[name])) == "ESCAPED\n"


@needs_python
@pytest.mark.parametrize(
    "name",
    ["read a secret of the user", "write what anyone may write", "a TCP socket", "a UDP socket"],
)
def test_without_a_sandbox_they_succeed(
    name: str, host: dict[str, object], unconfined: None
) -> None:
    """What is held above is there to be had: with no sandbox the same attempt goes through."""
    said = python(ATTEMPT.format(code=HELD[name].format(**host)))
    Path(str(host["canary"])).write_text("canary")
    assert said == "ESCAPED\n"


@needs_landlock
def test_no_variable_of_the_host(confined: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment inside is made anew."""
    monkeypatch.setenv("FAKE_API_KEY", "sk-SECRET")
    seen = shell("env").stdout.decode()
    assert "TMPDIR=" in seen
    assert "SECRET" not in seen


@needs_landlock
def test_never_root(confined: None) -> None:
    """Not even where perfbot runs as root."""
    assert shell("id -u").stdout.strip() == (b"65534" if AS_ROOT else str(os.geteuid()).encode())


def leftovers() -> list[str]:
    """Sandbox folders of this process that are still there."""
    parent = Path(new_root()).parent
    return [path.name for path in parent.glob(f"perfbot-box-{os.getpid()}-*")]


@needs_landlock
@pytest.mark.parametrize(
    "script",
    [
        "setsid sleep {mark} & setsid sh -c 'sleep {mark} & sleep {mark}' & exit 3",
        "trap '' TERM INT HUP; (setsid sleep {mark} &); mkdir -m 0 a; mkdir b; touch b/x; exit 3",
    ],
)
def test_nothing_is_left(script: str, confined: None) -> None:
    """Daemons are dead when `run` returns, and the folder is gone, whatever its modes."""
    mark = f"7654.{time.monotonic_ns()}"
    finished = shell(script.format(mark=mark))
    assert (finished.ended, finished.returncode) == (Ended.EXITED, 3)
    assert subprocess.run(["pgrep", "-f", mark], check=False).returncode == 1
    assert leftovers() == []


@needs_landlock
@needs_python
def test_a_fork_bomb_ends(confined: None) -> None:
    """A thousand attempts to fork away from the kill leave nothing running."""
    mark = f"bomb{time.monotonic_ns()}"
    code = f"import os\n'{mark}'\nwhile True:\n  try: os.fork()\n  except OSError: pass"
    finished = run(
        [PYTHON, "-I", "-S", "-c", code], box=box(), limits=Limits(wall_s=1, processes=60)
    )
    assert finished.ended is Ended.TIMEOUT
    assert subprocess.run(["pgrep", "-f", mark], check=False).returncode == 1
    assert leftovers() == []


@needs_landlock
@needs_python
def test_limits(confined: None) -> None:
    """Memory, output, wall clock and disk end it."""
    memory = Limits(memory_bytes=80 << 20)
    code = "b = bytearray()\nwhile 1: b += b'x' * (8 << 20)"
    ended = run([PYTHON, "-I", "-S", "-c", code], box=box(), limits=memory).ended
    assert ended is Ended.MEMORY
    assert shell("yes", Limits(output_bytes=10_000)).ended is Ended.OUTPUT
    assert shell("sleep 30", Limits(wall_s=0.2)).ended is Ended.TIMEOUT
    fill = "i=0; while :; do head -c 1000000 /dev/zero > f$i; i=$((i+1)); done"
    filled = shell(fill, Limits(wall_s=30), box_bytes=10 << 20, tmp_bytes=1 << 20)
    assert filled.ended is Ended.DISK
    assert leftovers() == []


@needs_landlock
def test_how_it_ended(confined: None) -> None:
    """Exit code, signal and a missing command."""
    assert shell("exit 7").returncode == 7
    assert shell("kill -SEGV $$").returncode == -11
    missing = run(["no-such-command"], box=box(), limits=Limits())
    assert (missing.ended, missing.returncode) == (Ended.EXITED, 127)
    with pytest.raises(MachineError, match="/no/such"):
        run(["true"], box=box(read_only=((Path("/no/such"), "/x"),)), limits=Limits())
    assert leftovers() == []


@needs_landlock
def test_mounts_and_files(tmp_path: Path, confined: None) -> None:
    """A folder shows under its name inside, also where only root could read it; files lie there."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a").write_text("host a")
    tmp_path.chmod(0o700)
    root = new_root()
    inside = Box(
        root=root,
        cwd=f"{root}/box",
        read_only=((tmp_path, f"{root}/project"),),
        files=((f"{root}/given/b", b"given b"),),
    )
    script = f"cat {root}/project/sub/a {root}/given/b; echo x > {root}/project/sub/a"
    finished = run(["sh", "-c", script], box=inside, limits=Limits())
    assert finished.stdout == b"host agiven b"
    assert b"ermission denied" in finished.stderr
    assert (tmp_path / "sub" / "a").read_text() == "host a"


PARENT = """
import sys
from perfbot.sandbox.isolate import choice
from perfbot.sandbox.isolate.process import Box, Limits, launch, new_root
choice.choose("landlock")
root = new_root()
command = ["sh", "-c", "setsid sleep MARK & sleep MARK"]
launch(command, box=Box(root=root, cwd=root + "/box"), limits=Limits(wall_s=None))
print(root, flush=True)
sys.stdin.read()
"""


@needs_landlock
def test_nothing_survives_a_killed_perfbot() -> None:
    """SIGKILL for perfbot takes the sandbox with it, its folder too."""
    mark = f"7653.{time.monotonic_ns()}"
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT.replace("MARK", mark)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    root = Path(parent.stdout.readline().strip())
    assert root.is_dir()
    parent.kill()
    parent.communicate()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and (
        root.exists() or not subprocess.run(["pgrep", "-f", mark], check=False).returncode
    ):
        time.sleep(0.02)
    assert subprocess.run(["pgrep", "-f", mark], check=False).returncode == 1
    assert not root.exists()


@needs_landlock
def test_the_descendants_are_those_below(confined: None) -> None:
    """What the memory watch adds up are the sandbox's processes, and no others."""
    with launch(["sh", "-c", "sleep 30 & sleep 30"], box=box(), limits=Limits()) as sandboxed:
        deadline = time.monotonic() + 10
        while len(init.descendants(sandboxed.pid)) < 3 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert len(init.descendants(sandboxed.pid)) == 3
        assert os.getpid() not in init.descendants(sandboxed.pid)


@needs_landlock
def test_it_is_named(confined: None) -> None:
    """The evidence says that it is Landlock, and what that leaves open."""
    said = describe()
    assert said["backend"] == "landlock"
    assert "process list" in said["not_guaranteed"]


def test_none_is_named(unconfined: None) -> None:
    """Without a sandbox the evidence says so."""
    said = describe()
    assert "--unsafe-no-sandbox" in said["backend"]
    assert said["not_guaranteed"].startswith("nothing")


def test_only_by_its_name() -> None:
    """A backend that does not exist is a wrong use."""
    with pytest.raises(UsageError):
        choice.choose("chroot")


@pytest.mark.parametrize("machine", list(seccomp.ARCHITECTURES))
@pytest.mark.parametrize("version", [1, 3, 6, 7])
@pytest.mark.parametrize("own_user", [True, False])
def test_every_filter_can_be_made(machine: str, version: int, own_user: bool) -> None:
    """For both processors, each Landlock and both kinds of user; a call has one fate at most."""
    calls = shared_calls(own_user=own_user, landlock_version=version)
    assert len(seccomp.program(machine, shared=calls, pid=7)) % 8 == 0
    named = [*calls.absent, *calls.refused, *calls.idle, *calls.on_oneself, *calls.own_thread]
    assert len(set(named)) == len(named)
    assert set(named) <= set(NUMBERS)


@needs_landlock
def test_an_older_landlock_holds_signals_by_seccomp(host: dict[str, object]) -> None:
    """Where Landlock does not hold signals, none can be sent to a process outside."""
    if AS_ROOT:
        assert "kill" not in shared_calls(own_user=True, landlock_version=4).on_oneself
        return
    older = Bare(confined=True, landlock_at_most=4)
    assert any("signal each other" in gap for gap in older.gaps())
    choice.choose(older)
    try:
        for name in ("signal a process outside", "limit a process outside"):
            assert python(ATTEMPT.format(code=HELD[name].format(**host))).startswith("HELD")
        group = "import signal; signal.signal(15, signal.SIG_IGN); os.kill(0, 15)"
        assert python(ATTEMPT.format(code=group)) == "ESCAPED\n"
        assert "HELD" in python(ATTEMPT.format(code="os.kill(-1, 9)"))
    finally:
        choice.choose(choice.AUTO)
