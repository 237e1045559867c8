"""What was compiled once, kept in the user's cache folder and found again by content."""

import contextlib
import functools
import hashlib
import os
import shutil
import tempfile
from pathlib import Path

from perfbot.sandbox.errors import MachineError
from perfbot.sandbox.host import cache_folder

FORMAT = 1
"""Part of each key. 1: first version."""
KEPT_BYTES = 2 << 30
"""So much of each kind is kept; what was not used for longest goes first."""
SOURCES = frozenset(
    f".{suffix}"
    for suffixes in ("c cc cpp cxx c++ C", "h hh hpp hxx h++ H", "inl ipp tpp tcc inc def x")
    for suffix in suffixes.split()
)
"""Suffixes of what a compiler reads. Files without a suffix are read too."""


def key_of(*parts: object) -> str:
    """SHA-256 of the parts, which must be texts, bytes, numbers, None or tuples of them."""
    return hashlib.sha256(repr((FORMAT, *parts)).encode()).hexdigest()


def kind_folder(kind: str) -> Path:
    """Where all of one kind lies; made where it is not there.

    Raises: MachineError when it cannot be made.
    """
    folder = cache_folder() / "cpp" / kind
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise MachineError(
            f"cannot make the cache folder {folder}: {error.strerror}",
            "make it writable, or point XDG_CACHE_HOME at a folder that is",
        ) from error
    return folder


def read(kind: str, key: str) -> bytes | None:
    """What was kept under `key`, or None."""
    path = cache_folder() / "cpp" / kind / key
    try:
        os.utime(path)
        return path.read_bytes()
    except OSError:
        return None


def write(kind: str, key: str, data: bytes) -> None:
    """Keep `data`. A full disk or a folder that cannot be written costs only the cache."""
    with contextlib.suppress(OSError, MachineError):
        folder = kind_folder(kind)
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
            file.write(data)
        os.replace(file.name, folder / key)
        forget_oldest(folder)


def place(made: Path, folder: Path) -> None:
    """Move a finished folder to its place, unless another perfbot was faster."""
    try:
        made.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise
        shutil.rmtree(made, ignore_errors=True)
    forget_oldest(folder.parent)


def forget_oldest(folder: Path, kept_bytes: int = KEPT_BYTES) -> None:
    """Remove what was not used for longest, files or folders, until the rest is small enough."""
    found = sorted(folder.iterdir(), key=_used, reverse=True)
    total = 0
    for index, path in enumerate(found):
        total += _size(path)
        if total > kept_bytes and index > 0:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


@functools.lru_cache(maxsize=16)
def tree_digest(root: Path, besides: str = "", *, everything: bool = False) -> str:
    """SHA-256 of what a compiler may read below `root`, without the file `besides`.

    Remembered for the life of the process: a project's scratch copy does not change.
    With `everything`, of all files: what a build may read.
    """
    digest = hashlib.sha256()
    for path in _files(root):
        name = str(path.relative_to(root))
        if name == besides or not (everything or path.suffix in SOURCES or not path.suffix):
            continue
        digest.update(name.encode(errors="surrogateescape") + b"\0")
        if path.is_symlink():
            digest.update(os.readlink(path).encode(errors="surrogateescape") + b"\0")
        elif path.is_file():
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _files(root: Path) -> list[Path]:
    """Files and links below `root`, but the version control's, in order."""
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name != ".git"]
        links = [name for name in folders if os.path.islink(os.path.join(folder, name))]
        found += [Path(folder, name) for name in (*names, *links)]
    return sorted(found)


def _used(path: Path) -> float:
    with contextlib.suppress(FileNotFoundError):
        return path.stat().st_mtime
    return 0.0


def _size(path: Path) -> int:
    with contextlib.suppress(FileNotFoundError):
        if path.is_dir():
            return sum(item.lstat().st_size for item in path.rglob("*") if not item.is_dir())
        return path.stat().st_size
    return 0
