"""Attempts to see, reach or change the host from inside the sandbox: all must be held."""

import os
import platform
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from perfbot.sandbox.isolate.process import Box, Ended, Limits, interpreter_mounts, launch, run

PYTHON = Path(sys.executable)
BOX = Box(read_only=interpreter_mounts(PYTHON))
EMPTY = Box()
LIMITS = Limits(wall_s=20, memory_bytes=512 << 20)
X86 = platform.machine() == "x86_64"

# An attempt that does not raise OSError has escaped; any other exception is a defect of the test.
ATTEMPT = """
import ctypes, os, signal, socket, fcntl, stat, resource
LIBC = ctypes.CDLL(None, use_errno=True)
def syscall(number, *arguments):
    result = LIBC.syscall(ctypes.c_long(number), *[ctypes.c_long(a) for a in arguments])
    if result == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result
def clone(flags):
    if syscall({clone}, flags | signal.SIGCHLD, 0, 0, 0, 0) == 0:
        os._exit(0)
try:
    {code}
except OSError as problem:
    print("HELD", problem)
else:
    print("ESCAPED")
"""
NUMBERS = (
    {"clone": 56, "unshare": 272, "bpf": 321, "perf": 298, "keyctl": 250, "uffd": 323, "mod": 175,
     "handle": 304, "mount": 165, "setns": 308, "syslog": 103, "chroot": 161, "kexec": 246}
    if X86
    else {"clone": 220, "unshare": 97, "bpf": 280, "perf": 241, "keyctl": 219, "uffd": 282,
          "mod": 105, "handle": 265, "mount": 40, "setns": 268, "syslog": 116, "chroot": 51,
          "kexec": 104}
)  # fmt: skip

HELD = {
    "read /etc/shadow": "open('/etc/shadow')",
    "read the root of pid 1": "open('/proc/1/root/etc/shadow')",
    "write /usr": "open('/usr/bin/planted', 'w')",
    "write /": "open('/planted', 'w')",
    "write /etc/passwd": "open('/etc/passwd', 'w')",
    "write /dev": "open('/dev/planted', 'w')",
    "open core_pattern": "open('/proc/sys/kernel/core_pattern', 'r+')",
    "open a network sysctl": "open('/proc/sys/net/ipv4/ip_forward', 'r+')",
    "open sysrq-trigger": "open('/proc/sysrq-trigger', 'w')",
    "open a cgroup": "open('/sys/fs/cgroup/cgroup.procs')",
    "open the kernel log": "open('/dev/kmsg')",
    "open the memory device": "open('/dev/mem')",
    "open kvm": "open('/dev/kvm')",
    "escape the out-of-memory killer": "os.write(os.open('/proc/self/oom_score_adj', 1), b'-1000')",
    "mount": "syscall({mount}, 0, 0, 0, 0, 0)",
    "chroot": "os.mkdir('/tmp/c'); os.chroot('/tmp/c')",
    "unshare a user namespace": "syscall({unshare}, 0x10000000)",
    "clone a user namespace": "clone(0x10000000)",
    "clone a network namespace": "clone(0x40000000)",
    "clone3": "syscall(435, 0, 0)",
    "enter pid 1's namespace": "syscall({setns}, os.open('/proc/self/ns/mnt', 0), 0)",
    "become root": "os.setuid(0)",
    "become another group": "os.setgid(0)",
    "TCP to the host": "socket.create_connection(('127.0.0.1', {port}), 2)",
    "UDP to the internet": "socket.socket(2, 2).connect(('192.0.2.1', 53))",
    "IPv6 to the internet": "socket.socket(10, 2).connect(('2001:db8::1', 53))",
    "abstract socket of the host": "socket.socket(1).connect('\\0perfbot-test-{port}')",
    "socket file of the host": "socket.socket(1).connect({socket!r})",
    "vsock": "socket.socket(40, 1)",
    "kernel crypto socket": "socket.socket(38, 5)",
    "packet socket": "socket.socket(17, 3)",
    "raw socket": "socket.socket(2, 3, 1)",
    "io_uring": "syscall(425, 4, ctypes.addressof(ctypes.create_string_buffer(256)))",
    "bpf": "syscall({bpf}, 0, 0, 0)",
    "perf events": "syscall({perf}, 0, 0, -1, -1, 0)",
    "userfaultfd": "syscall({uffd}, 1)",
    "keyrings": "syscall({keyctl}, 0, -3, 0)",
    "load a module": "syscall({mod}, 0, 0, 0)",
    "replace the kernel": "syscall({kexec}, 0, 0, 0, 0)",
    "open by handle": "syscall({handle}, 0, 0, 0)",
    "read the kernel log": "syscall({syslog}, 3, 0, 0)",
    "make a block device": "os.mknod('/tmp/disk', 0o600 | stat.S_IFBLK, os.makedev(254, 0))",
    "type into the terminal": "fcntl.ioctl(0, 0x5412, b'x')",
    "real-time priority": "os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50))",
    "higher priority": "os.setpriority(os.PRIO_PROCESS, 0, -10)",
    "signal a process of the host": "os.kill({victim}, 9)",
    "read a host file by its path": "open({secret!r})",
    "read the host's shared memory": "open({shm!r})",
    "write a world-writable host file": "open({canary!r}, 'w')",
}  # fmt: skip
# What must work, by the same road: else the attempts above would show nothing.
ALLOWED = {
    "read /usr": "os.listdir('/usr')",
    "write /tmp": "open('/tmp/mine', 'w').write('x')",
    "write /box": "open('/box/mine', 'w').write('x')",
    "write the home": "open(os.path.expanduser('~/mine'), 'w').write('x')",
    "write /dev/shm": "open('/dev/shm/mine', 'w').write('x')",
    "write /dev/null": "open('/dev/null', 'w').write('x')",
    "a socket pair": "socket.socketpair()",
    "its own loopback": "s = socket.create_server(('127.0.0.1', 0)); "
    "socket.create_connection(s.getsockname())",
    "fork": "os.waitpid(os.fork() or os._exit(0), 0)",
    "memfd": "os.memfd_create('x')",
    "trace its own child": "LIBC.ptrace(0, 0, 0, 0) == 0 or os.kill(1, 99)",
}


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, object]]:
    """Things on the host that an escape would find."""
    folder = tmp_path_factory.mktemp("host")
    folder.chmod(0o755)
    secret, canary = folder / "secret", folder / "canary"
    secret.write_text("TOPSECRET")
    canary.write_text("canary")
    canary.chmod(0o666)
    shm = Path(f"/dev/shm/perfbot-test-{os.getpid()}")
    shm.write_text("TOPSECRET")
    victim = subprocess.Popen(["sleep", "300"])
    with (
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_UNIX) as abstract,
        socket.socket(socket.AF_UNIX) as path,
    ):
        port = tcp.getsockname()[1]
        abstract.bind(f"\0perfbot-test-{port}")
        abstract.listen()
        path.bind(str(folder / "s"))
        path.listen()
        yield {
            "secret": str(secret),
            "canary": str(canary),
            "shm": str(shm),
            "victim": victim.pid,
            "port": port,
            "socket": str(folder / "s"),
            **NUMBERS,
        }
    shm.unlink()
    victim.kill()
    victim.wait()


def attempt(code: str, host: dict[str, object]) -> str:
    """What the payload reported: HELD with the reason, or ESCAPED."""
    script = ATTEMPT.format(code=code.format(**host), **NUMBERS)
    finished = run([str(PYTHON), "-I", "-S", "-c", script], box=BOX, limits=LIMITS)
    assert finished.ended is Ended.EXITED, finished
    assert finished.returncode == 0, finished.stderr.decode()
    return finished.stdout.decode()


@pytest.mark.parametrize("name", HELD)
def test_held(name: str, host: dict[str, object]) -> None:
    """The kernel refuses the attempt."""
    assert attempt(HELD[name], host).startswith("HELD")


@pytest.mark.parametrize("name", ALLOWED)
def test_allowed(name: str, host: dict[str, object]) -> None:
    """Ordinary work goes on as outside."""
    assert attempt(ALLOWED[name], host).startswith("ESCAPED")


def test_the_host_is_as_before(host: dict[str, object]) -> None:
    """After all attempts the host's process lives and its file is unchanged."""
    os.kill(int(str(host["victim"])), 0)
    assert Path(str(host["canary"])).read_text() == "canary"


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


def test_no_descriptor_leaks(host: dict[str, object]) -> None:
    """Only stdin, stdout, stderr and the one that lists them are open, here and in pid 1's view."""
    leaking = os.open(str(host["secret"]), os.O_RDONLY)
    try:
        os.set_inheritable(leaking, True)
        assert shell("ls /proc/self/fd").split() == ["0", "1", "2", "3"]
    finally:
        os.close(leaking)


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


@pytest.mark.skipif(not X86, reason="the call numbers are those of x86_64")
def test_x32_calls_do_not_exist() -> None:
    """The other numbering of x86_64's calls is refused."""
    assert "Function not implemented" in attempt("syscall(0x40000000 + 39)", {})


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
