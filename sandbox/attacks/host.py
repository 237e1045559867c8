"""What an escape would find on the host: decoys of ours, so that a success does no harm."""

import contextlib
import ctypes
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from perfbot.sandbox.host import cache_folder, home
from perfbot.sandbox.isolate.process import interpreter_mounts

# Whom the sandboxed code becomes when root runs perfbot: the decoys must be in that user's reach.
_NOBODY = 65534
SECRET_VARIABLE = "PERFBOT_FAKE_API_KEY"
_CANARY = "canary"
_IPC_CREATE, _IPC_REMOVE = 0o1000, 0
_SHM_BYTES = 4096


@dataclass(slots=True)
class Host:
    """Decoys on the host, all readable or writable for whoever can name them."""

    token: str
    """A fake secret: in files, an environment, an argument list, shared memory and a socket."""
    scratch: Path
    """A temporary folder, removed at the end."""
    home_folder: Path
    """A folder in perfbot's cache folder, removed at the end."""
    shared_memory_file: Path
    shared_memory_id: int
    """System V."""
    leaking_fd: int
    """The secret file, open, and marked to be inherited."""
    port: int
    leash: int
    """The end of a pipe on which the victim waits."""
    victim: subprocess.Popen[bytes]
    memory: "ctypes.Array[ctypes.c_char]"
    """The token in this process's memory."""

    @property
    def secret(self) -> Path:
        return self.scratch / "secret"

    @property
    def home_secret(self) -> Path:
        return self.home_folder / "secret"

    @property
    def canary(self) -> Path:
        """A file that everyone may write."""
        return self.scratch / "canary"

    @property
    def shown(self) -> Path:
        """An empty folder to mount; its path on the host has the token in it."""
        return self.scratch / self.token / "shown"

    def facts(self) -> dict[str, object]:
        """What an attempt is told; nothing here holds the token itself."""
        return {
            "token_reversed": self.token[::-1],
            "secret": str(self.secret),
            "home": str(home()),
            "home_name": _name_in_home(),
            "home_secret": str(self.home_secret),
            "secret_variable": SECRET_VARIABLE,
            "canary": str(self.canary),
            "shared_memory_file": str(self.shared_memory_file),
            "shared_memory_id": self.shared_memory_id,
            "leaking_fd": self.leaking_fd,
            "port": self.port,
            "abstract": _abstract(self.port),
            "socket": str(self.scratch / "socket"),
            "datagram_socket": str(self.scratch / "datagrams"),
            "name": socket.gethostname(),
            "victim": self.victim.pid,
            "us": os.getpid(),
            "address": ctypes.addressof(self.memory),
            "length": len(self.token),
        }

    def restore(self) -> None:
        """Put back what an attempt may have changed or ended."""
        self.canary.write_text(_CANARY)
        self.canary.chmod(0o666)
        os.utime(self.canary)
        if self.victim.poll() is not None:
            self.victim = _victim(self.token, self.leaking_fd, self.leash)

    def damage(self) -> str:
        """What has happened to the decoys since `restore`; empty if nothing."""
        found = []
        if self.victim.poll() is not None:
            found.append("a process of the host was killed")
        if not self.canary.exists() or self.canary.read_text() != _CANARY:
            found.append("a file of the host was changed")
        return ", ".join(found)


@contextlib.contextmanager
def decoys() -> Iterator[Host]:
    """Lay the decoys out for the length of a `with` block; nothing is left of them."""
    token = f"perfbot-secret-{secrets.token_hex(12)}"
    with contextlib.ExitStack() as stack:
        scratch = _folder(stack, Path(tempfile.gettempdir()))
        home_folder = _folder(stack, cache_folder())
        (scratch / token / "shown").mkdir(parents=True)
        for path in (scratch / "secret", home_folder / "secret"):
            path.write_text(token)
            path.chmod(0o644)
        _set_variable(stack, token)
        leaking_fd = os.open(scratch / "secret", os.O_RDONLY)
        stack.callback(os.close, leaking_fd)
        os.set_inheritable(leaking_fd, True)
        leash, leash_write = os.pipe()
        stack.callback(os.close, leash_write)
        stack.callback(os.close, leash)
        host = Host(
            token=token,
            scratch=scratch,
            home_folder=home_folder,
            shared_memory_file=_shared_memory_file(stack, token),
            shared_memory_id=_shared_memory(stack, token),
            leaking_fd=leaking_fd,
            port=_listeners(stack, scratch),
            leash=leash,
            victim=_victim(token, leaking_fd, leash),
            memory=ctypes.create_string_buffer(token.encode()),
        )
        stack.callback(lambda: host.victim.wait())
        stack.callback(lambda: host.victim.kill())
        host.restore()
        yield host


def _name_in_home() -> str:
    """Something in the user's home that does not lead to the interpreter; empty if none is."""
    own = home()
    mounted = [Path(inside) for _, inside in interpreter_mounts(Path(sys.executable))]
    for name in sorted(os.listdir(own)):
        if not any(path.is_relative_to(own / name) for path in mounted):
            return name
    return ""


def _folder(stack: contextlib.ExitStack, parent: Path) -> Path:
    parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="perfbot-attack-", dir=parent))
    # All may enter and write: what is held must be held by the sandbox, not by the mode.
    folder.chmod(0o777)
    stack.callback(shutil.rmtree, folder)
    return folder


def _set_variable(stack: contextlib.ExitStack, token: str) -> None:
    os.environ[SECRET_VARIABLE] = token
    stack.callback(os.environ.pop, SECRET_VARIABLE, None)


def _shared_memory_file(stack: contextlib.ExitStack, token: str) -> Path:
    path = Path("/dev/shm", f"perfbot-attack-{os.getpid()}")
    path.write_text(token)
    path.chmod(0o666)
    stack.callback(path.unlink, missing_ok=True)
    return path


def _shared_memory(stack: contextlib.ExitStack, token: str) -> int:
    """A System V segment with the token in it; -1 on a kernel that has none to give."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.shmat.restype = ctypes.c_void_p
    found = int(libc.shmget(0, ctypes.c_size_t(_SHM_BYTES), _IPC_CREATE | 0o666))
    if found < 0:
        return -1
    stack.callback(libc.shmctl, found, _IPC_REMOVE, None)
    address = libc.shmat(found, None, 0)
    ctypes.memmove(address, token.encode(), len(token))
    libc.shmdt(ctypes.c_void_p(address))
    return found


def _listeners(stack: contextlib.ExitStack, folder: Path) -> int:
    """Listen on a TCP port, an abstract socket and two socket files; the port."""
    tcp = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
    port = int(tcp.getsockname()[1])
    for address in (_abstract(port), str(folder / "socket")):
        listener = stack.enter_context(socket.socket(socket.AF_UNIX))
        listener.bind(address)
        listener.listen()
    datagrams = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
    datagrams.bind(str(folder / "datagrams"))
    for name in ("socket", "datagrams"):
        (folder / name).chmod(0o666)
    return port


def _abstract(port: int) -> str:
    return f"\0perfbot-attack-{port}"


def _victim(token: str, leaking_fd: int, leash: int) -> subprocess.Popen[bytes]:
    """
    A process of the sandboxed code's user with a token in its arguments, environment and files.

    It waits for a line on `leash`, which we never write: it ends with us, however we end.
    """
    user = _NOBODY if os.geteuid() == 0 else None
    # The system's shell: nobody may be unable to start our own interpreter.
    victim = subprocess.Popen(
        ["/bin/sh", "-c", "echo up; read line", token],
        env={SECRET_VARIABLE: token},
        stdin=leash,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        pass_fds=[leaking_fd],
        cwd="/",
        user=user,
        group=user,
        extra_groups=[] if user is not None else None,
        start_new_session=True,
    )
    assert victim.stdout is not None
    with victim.stdout:
        victim.stdout.readline()
    return victim
