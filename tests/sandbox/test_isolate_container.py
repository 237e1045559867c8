"""docker and podman as sandboxes: run where they are installed, skipped with the reason elsewhere.

To run them: apt-get install podman uidmap, or docker.io with its daemon started.
"""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from perfbot.sandbox.attacks.attempt import Outcome, labels, try_inside
from perfbot.sandbox.attacks.escapes import ESCAPES
from perfbot.sandbox.attacks.host import decoys
from perfbot.sandbox.errors import MachineError
from perfbot.sandbox.isolate import carry, choice, container, mounts
from perfbot.sandbox.isolate.limits import MIB
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
from tests.shop import FAST, SHOP, SUITE, WRONG, environment, perfbot, repository

PYTHON = Path(sys.executable)
# A few of each kind; `perfbot doctor --attack --sandbox podman` makes them all.
ATTEMPTS = (
    "read a file of the host by its path",
    "find a secret in an environment",
    "see processes of the host",
    "trace pid 1",
    "write the memory of pid 1",
    "look at the machine's devices",
    "socket file of the host",
    "make a user namespace",
)


@pytest.fixture(params=container.NAMES)
def name(request: pytest.FixtureRequest) -> Iterator[str]:
    """docker, then podman: what isolates during the test."""
    choice.choose(request.param)
    try:
        choice.backend()
    except MachineError as problem:
        pytest.skip(str(problem))
    else:
        yield request.param
    finally:
        choice.choose(choice.AUTO)


def shell(script: str, limits: Limits | None = None, **more: object) -> Finished:
    """A shell script, run in the sandbox."""
    box = Box(**more)  # type: ignore[arg-type]
    return run(["sh", "-c", script], box=box, limits=limits or Limits(wall_s=30))


def python(code: str, limits: Limits) -> Finished:
    """Python code, run in the sandbox."""
    box = Box(read_only=interpreter_mounts(PYTHON))
    return run([str(PYTHON), "-I", "-S", "-c", code], box=box, limits=limits)


def left() -> list[Path]:
    """The private folders of this process that are still there."""
    return list(Path(mounts_parent()).glob(f"perfbot-box-{os.getpid()}-*"))


def mounts_parent() -> str:
    """Where private folders are made."""
    return str(Path(container.bare.new_root()).parent)


def containers(name: str) -> list[str]:
    """The containers of perfbot that the program knows of."""
    asked = [name, "ps", "-aq", "--filter", f"label={container.LABEL}"]
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.split()


def test_output_input_and_exit_codes_pass_through(name: str) -> None:
    """What goes in and comes out is the command's own, and every end is told as it was."""
    box = Box()
    echoed = run(["sh", "-c", "cat; echo e >&2; exit 3"], box=box, limits=Limits(), stdin=b"in")
    assert (echoed.stdout, echoed.stderr, echoed.returncode) == (b"in", b"e\n", 3)
    assert shell("kill -SEGV $$").returncode == -signal.SIGSEGV
    missing = run(["nosuch"], box=box, limits=Limits())
    assert (missing.ended, missing.returncode) == (Ended.EXITED, 127)
    assert left() == []


def test_it_sees_the_box_and_nothing_else(name: str, tmp_path: Path) -> None:
    """Mounts and files are there, read-only; the environment is the box's; the user is not root."""
    tmp_path.chmod(0o700)  # nobody could not look into it
    (tmp_path / "kept").write_text("kept")
    (tmp_path / "replaced").write_text("old")
    (tmp_path / "link").symlink_to("kept")
    script = (
        "cat /shown/link /shown/replaced /given/file; echo; echo x > /shown/kept; "
        "echo x > /given/file; env | sort | tr '\\n' ' '; id -u; ls /home /sys /run/perfbot"
    )
    finished = shell(
        script,
        read_only=((tmp_path, "/shown"),),
        files=(("/shown/replaced", b"new"), ("/given/file", b"given")),
        env=(("OWN", "1"),),
    )
    first, *rest = finished.stdout.decode().splitlines()
    assert first == "keptnewgiven"
    assert finished.stderr.count(b"ead-only file system") == 2
    found = set(re.findall(r"(\w+)=", rest[0]))
    assert found == {"HOME", "LANG", "OWN", "PATH", "PWD", "TMPDIR"}
    assert rest[0].split()[-1] not in ("0", "")
    assert rest[1:].count("u") == 1 and "class" not in rest
    assert (tmp_path / "kept").read_text() == "kept"


def test_the_kernel_never_sees_root(name: str) -> None:
    """Neither the first process nor the command's has user id 0 outside, or any right at all."""
    with launch(["sleep", "30"], box=Box(), limits=Limits()) as sandboxed:
        for pid in (sandboxed.pid, *container.init.descendants(sandboxed.pid)):
            status = Path(f"/proc/{pid}/status").read_text()
            ids = re.findall(r"^[UG]id:\s+(.*)$", status, re.MULTILINE)
            assert "0" not in " ".join(ids).split()
            assert set(re.findall(r"^Cap...:\s+(\w+)$", status, re.MULTILINE)) == {"0" * 16}


def test_the_first_process_is_out_of_reach(name: str) -> None:
    """Its memory, files and environment cannot be opened inside, and no signal ends it."""
    script = (
        "for n in 2 9 15; do kill -$n 1; done; cat /proc/1/environ /proc/1/mem; ls /proc/1/fd/; "
        "(: > /proc/1/mem); sleep 0.2; echo alive"
    )
    finished = shell(script)
    assert (finished.ended, finished.stdout) == (Ended.EXITED, b"alive\n")
    assert finished.stderr.count(b"ermission denied") == 4


def test_descriptors_keep_their_numbers(name: str) -> None:
    """A socket is inherited under its own number, and nothing of ours besides it."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        high = os.dup2(theirs.fileno(), 777)
        code = f"import os; os.write({high}, b'hello'); print(sorted(os.listdir('/proc/self/fd')))"
        box = Box(read_only=interpreter_mounts(PYTHON))
        command = [str(PYTHON), "-I", "-S", "-c", code]
        with launch(command, box=box, limits=Limits(wall_s=30), fds=[high]) as sandboxed:
            finished = sandboxed.wait()
        os.close(high)
        assert ours.recv(5) == b"hello"
    # 3 is the listing itself.
    assert finished.stdout.decode().strip() == str(sorted(["0", "1", "2", "3", "777"]))


def test_memory(name: str) -> None:
    """Memory over the limit ends it, and is said to have."""
    code = (
        "import os, time\nfor i in range(20):\n  if os.fork() == 0:\n"
        "    b = bytearray(b'x' * (40 << 20)); time.sleep(20)\ntime.sleep(20)"
    )
    finished = python(code, Limits(wall_s=19, memory_bytes=200 * MIB))
    assert finished.ended is Ended.MEMORY


def test_processes(name: str) -> None:
    """fork fails at the limit."""
    code = (
        "import os, time\nn = 0\ntry:\n  while 1:\n    if os.fork() == 0: time.sleep(20)\n"
        "    n += 1\nexcept OSError: print(n)"
    )
    finished = python(code, Limits(processes=40))
    assert finished.ended is Ended.EXITED
    assert 20 <= int(finished.stdout) <= 60


def test_time_output_and_disk(name: str) -> None:
    """Wall clock, CPU time, output, the size of a file and of a folder have their limits."""
    assert shell("trap '' TERM; sleep 30", Limits(wall_s=0.5)).ended is Ended.TIMEOUT
    assert shell("while :; do :; done", Limits(cpu_s=1)).ended is Ended.CPU
    flood = run(["yes"], box=Box(), limits=Limits(output_bytes=100_000))
    assert (flood.ended, len(flood.stdout)) == (Ended.OUTPUT, 100_000)
    big = shell("head -c 3000000 /dev/zero > /box/a", Limits(file_bytes=1 * MIB))
    assert big.returncode == -signal.SIGXFSZ
    full = shell("head -c 3000000 /dev/zero > /box/a; stat -c %s /box/a", box_bytes=1 * MIB)
    assert b"No space left" in full.stderr and int(full.stdout) <= 1 * MIB


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_held(name: str, attempt: str) -> None:
    """Attempts of each kind are refused, with no gap allowed for."""
    (found,) = [item for item in ESCAPES if item.name == attempt]
    assert not found.gaps & labels(describe())
    with decoys() as host:
        result = try_inside(found, host, labels(describe()))
    assert result.outcome is Outcome.HELD, result.detail


def test_what_is_mounted_below_is_read_only_too(name: str) -> None:
    """A file system mounted inside a shown folder can be read, and not be written."""
    point = next((point for point in mounts.mounted_below("/dev") if point == "/dev/shm"), None)
    if point is None:
        pytest.skip("nothing is mounted at /dev/shm here")
    mark = Path("/dev/shm", f"perfbot-test-{os.getpid()}")
    mark.write_text("seen")
    mark.chmod(0o666)
    try:
        path = f"/shown/shm/{mark.name}"
        finished = shell(f"cat {path}; echo x > {path}", read_only=((Path("/dev"), "/shown"),))
        assert finished.stdout == b"seen"
        assert b"ead-only file system" in finished.stderr
    finally:
        mark.unlink()


PARENT = """
import os, sys
from perfbot.sandbox.isolate import choice
from perfbot.sandbox.isolate.process import Box, Limits, launch
choice.choose(sys.argv[1])
launch(["sh", "-c", "setsid sleep MARK & sleep MARK"], box=Box(), limits=Limits(wall_s=None))
print(os.getpid(), flush=True)
sys.stdin.read()
"""


def test_nothing_survives_a_killed_perfbot(name: str) -> None:
    """SIGKILL for perfbot takes the container with it, and its folder."""
    mark = f"7654.{time.monotonic_ns()}"
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT.replace("MARK", mark), name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    pid = parent.stdout.readline().strip()
    folders = Path(mounts_parent())
    assert containers(name)
    assert list(folders.glob(f"perfbot-box-{pid}-*"))
    parent.kill()
    parent.communicate()
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and (
        containers(name)
        or list(folders.glob(f"perfbot-box-{pid}-*"))
        or not subprocess.run(["pgrep", "-f", mark], check=False).returncode
    ):
        time.sleep(0.1)
    assert containers(name) == []
    assert list(folders.glob(f"perfbot-box-{pid}-*")) == []
    assert subprocess.run(["pgrep", "-f", mark], check=False).returncode == 1


STARTER = """
import sys
from perfbot.sandbox.isolate import choice, container
from perfbot.sandbox.isolate.process import Box, Limits, run
choice.choose(container.installed(sys.argv[1]))
print("ready", flush=True)
while True:
    run(["true"], box=Box(), limits=Limits())
"""


@pytest.mark.parametrize("after_s", [0.05, 0.15, 0.3, 0.5])
def test_nothing_survives_a_perfbot_killed_while_it_starts_one(name: str, after_s: float) -> None:
    """Whichever step of a start SIGKILL hits, container and folder go within seconds."""
    parent = subprocess.Popen([sys.executable, "-c", STARTER, name], stdout=subprocess.PIPE)
    assert parent.stdout is not None and parent.stdout.readline()
    time.sleep(after_s)
    parent.kill()
    parent.communicate()
    pattern = f"perfbot-box-{parent.pid}-*"
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline and (
        containers(name) or list(Path(mounts_parent()).glob(pattern))
    ):
        time.sleep(0.1)
    assert containers(name) == []
    assert list(Path(mounts_parent()).glob(pattern)) == []


def test_it_is_named(name: str) -> None:
    """The evidence says which program it is, its version, and what it leaves open."""
    said = describe()
    assert said["backend"] == name
    assert re.fullmatch(rf"{name} \d+\.\S+", said["version"])
    assert "the kernel is shared" in said["not_guaranteed"]


def test_an_edit_is_judged_in_it(name: str, tmp_path: Path) -> None:
    """`perfbot verify` accepts what is right and faster, and refutes what is wrong."""
    env = environment(tmp_path / "home")
    env |= {key: value for key, value in os.environ.items() if key.startswith(("DOCKER", "XDG_R"))}
    shop = repository(tmp_path / "shop", env, shop_py=SHOP, test_shop_py=SUITE)
    for edit, code, decision in ((FAST, 0, "accepted"), (WRONG, 1, "refuted")):
        (shop / "edit.txt").write_text(edit)
        options = ["--candidate", "edit.txt", "--sandbox", name, "--json", "-", "-q"]
        done = perfbot(shop, env, "verify", "shop.py::common", *options)
        assert done.returncode == code, done.stdout + done.stderr
        assert json.loads(done.stdout)["decision"] == decision


def test_a_missing_mount_is_an_error(name: str) -> None:
    """It is said before a container is made."""
    with pytest.raises(MachineError, match="there is no /no/such"):
        shell("true", read_only=((Path("/no/such"), "/shown"),))


def test_a_program_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says how to get it."""
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(MachineError, match="apt-get install podman"):
        container.installed("podman")


@pytest.mark.parametrize(
    ("name", "said", "step"),
    [
        ("docker", "permission denied while trying to connect to the socket", "usermod -aG docker"),
        ("docker", "Cannot connect to the Docker daemon at unix:///x.", "systemctl start docker"),
        ("docker", "invalid mount config: bind source path does not exist: /t", "DOCKER_HOST"),
        ("docker", "user ids are mapped: it runs as 1, not as 2", "--sandbox podman"),
        ("podman", "could not find enough available IDs: check /etc/subuid", "--add-subuids"),
        ("podman", "something else", "podman run"),
    ],
)
def test_the_next_step(name: str, said: str, step: str) -> None:
    """Each known refusal comes with what to do about it, and one that is not known with a try."""
    assert step in str(container.unusable(name, said))
    assert said in str(container.unusable(name, said))


def test_a_path_that_cannot_be_said(tmp_path: Path) -> None:
    """A comma in a path would begin another option, so it is refused; others pass."""
    shown = mounts.Mounts("/folder", as_nobody=False)
    shown.add(tmp_path, "/shown")
    assert f"type=bind,src={tmp_path},dst=/shown,readonly" in shown.options()
    (tmp_path / "a,readonly=false").mkdir()
    shown.add(tmp_path / "a,readonly=false", "/other")
    with pytest.raises(MachineError, match="comma"):
        shown.options()


def test_an_order_survives_the_way() -> None:
    """What the process between reads is what was written."""
    prepared = container.Container("podman", "/usr/bin/podman").prepare(
        ["true"], Box(env=(("A", "ü"),)), limits=Limits(cpu_s=3), status_fd=5, block_fd=6
    )
    (fd,) = prepared.fds
    with open(fd, "rb") as file:
        text = file.read()
    order = carry.decoded(text)
    assert carry.encoded(order) == text
    assert order.inner.command == ["true"]
    assert {"--network", "--read-only", "--cap-drop"} <= set(order.client)
