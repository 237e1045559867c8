"""What a verdict or a killed perfbot may leave behind: processes, files, cgroups, descriptors."""

import ctypes
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

PR_SET_CHILD_SUBREAPER = 36
PATIENCE_S = 20.0
"""The kernel, and whoever removes files, may need so long on a busy machine."""


class Traces:
    """The traces that are there now and were not when this was made."""

    def __init__(self, *folders: Path) -> None:
        """Every file below `folders` counts; so do all processes that descend from this one."""
        # Whoever loses its parent below us becomes our child, and is seen.
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        self.folders = folders
        self.owners = {os.getpid()}
        """Processes that may have made cgroups: perfbot names them by its own process id."""
        self.before = self.now()

    def left(self, patience_s: float = PATIENCE_S) -> list[str]:
        """What is there now and was not, once it had time to go; each trace is told once."""
        deadline = time.monotonic() + patience_s
        while found := self.now() - self.before:
            if time.monotonic() > deadline:
                self.before |= found
                return sorted(found)
            time.sleep(0.05)
        return []

    def expect(self, processes: Iterable[int], descriptors: Iterable[int]) -> None:
        """These took the place of others of their kind, and are no traces."""
        begins = (
            *(f"process {number}:" for number in processes),
            *(f"descriptor {number}:" for number in descriptors),
        )
        self.before |= {trace for trace in self.now() if trace.startswith(begins)}

    def now(self) -> set[str]:
        """Every trace there is."""
        return processes() | self.files() | self.groups() | self.descriptors()

    def files(self) -> set[str]:
        """Everything below the folders."""
        return {
            os.path.join(folder, name)
            for top in self.folders
            for folder, folders, files in os.walk(top)
            for name in (*folders, *files)
        }

    def groups(self) -> set[str]:
        """The cgroups of the owners."""
        prefixes = tuple(f"perfbot-{owner}-" for owner in self.owners)
        return {
            os.path.join(folder, name)
            for folder, names, _ in os.walk("/sys/fs/cgroup")
            for name in names
            if name.startswith(prefixes)
        }

    def descriptors(self) -> set[str]:
        """Our own open files and sockets, by number and by what they are."""
        found = set()
        for name in os.listdir("/proc/self/fd"):
            try:
                found.add(f"descriptor {name}: {os.readlink(f'/proc/self/fd/{name}')}")
            except FileNotFoundError:  # the one that listed them
                continue
        return found


def processes() -> set[str]:
    """Our living descendants."""
    found = set()
    for process in psutil.Process().children(recursive=True):
        try:
            if process.status() != psutil.STATUS_ZOMBIE:
                found.add(f"process {process.pid}: {' '.join(process.cmdline())[:80]}")
        except psutil.NoSuchProcess:
            continue
    return found


def require_that_traces_are_seen(folder: Path) -> None:
    """Leave one trace of each kind but a cgroup, and check that it is found.

    Raises: AssertionError when one is missed: what would then be measured means nothing.
    """
    traces = Traces(folder)
    before = set(traces.before)
    assert not traces.left(0.0)
    # Its parent ends at once: an orphan, as an edit would leave one.
    orphan = subprocess.run(
        ["sh", "-c", "sleep 60 >&- 2>&- & echo $!"], capture_output=True, text=True, check=True
    ).stdout.strip()
    file = folder / "deep" / "left"
    file.parent.mkdir()
    file.touch()
    with file.open() as opened:
        found = traces.left(0.0)
        descriptor = f"descriptor {opened.fileno()}: {file}"
    os.kill(int(orphan), signal.SIGKILL)
    file.unlink()
    file.parent.rmdir()
    assert f"process {orphan}: sleep 60" in found, found
    assert str(file) in found and descriptor in found, found
    traces.before = before
    assert not (found := traces.left()), found


@contextmanager
def own_folder() -> Iterator[Path]:
    """A folder that is this process's home, with `tmp` in it for temporary files.

    A baseline kept by another run is not seen, and whatever is left is found. Traces must be seen.
    """
    own = Path(tempfile.mkdtemp(prefix="perfbot-faults-"))
    try:
        (own / "tmp").mkdir()
        os.environ |= {"HOME": str(own), "TMPDIR": str(own / "tmp")}
        tempfile.tempdir = str(own / "tmp")
        for name in ("XDG_CACHE_HOME", "XDG_STATE_HOME"):
            os.environ.pop(name, None)
        require_that_traces_are_seen(own)
        yield own
    finally:
        shutil.rmtree(own)
