"""Unpacking what a build in the sandbox has made: a tar file that nobody vouches for.

As `tarfile.data_filter` (PEP 706), which Python has from 3.11.4 on and Debian 12's 3.11.2 lacks;
but what is refused is left out, and the rest is unpacked.
"""

import os
import tarfile
from pathlib import Path

OWNERS_MODE, OTHERS_MODE = 0o600, 0o755
"""A file's owner may always read and write it; nobody else may write it."""


def unpack(archive: tarfile.TarFile, folder: Path) -> None:
    """Write the archive's files, folders and links into `folder`, and nowhere else."""
    root = os.path.realpath(folder, strict=True)
    # What a member may be is decided here; from Python 3.12 on tarfile asks to be told so.
    archive.extraction_filter = lambda member, _path: member
    for member in archive:
        if _is_harmless(member, root):
            _disown(member)
            archive.extract(member, root)


def _is_harmless(member: tarfile.TarInfo, root: str) -> bool:
    """Whether a member lies below `root`, and a link leads there. What was unpacked is looked at:
    an earlier member may be a link that a later one's path goes through."""
    path = os.path.join(root, member.name)
    if os.path.isabs(member.name) or os.path.normpath(path) == root:
        return False
    above = _real(os.path.dirname(os.path.normpath(path)))
    if above is None or not _is_within(above, root):
        return False
    if os.path.lexists(path):
        return member.isdir() and not os.path.islink(path)
    if member.issym():
        target = os.path.normpath(os.path.join(above, member.linkname))
        is_plain = not os.path.isabs(member.linkname) and _climbs_first(member.linkname)
        return is_plain and _is_within(target, root)
    if member.islnk():
        linked = _real(os.path.join(root, member.linkname))
        return linked is not None and _is_within(linked, root) and os.path.isfile(linked)
    return member.isfile() or member.isdir()


def _climbs_first(link: str) -> bool:
    """Whether `..` stands at a link's beginning alone: behind a name it may leave by another link,
    one that is not there yet."""
    parts = link.split("/")
    climbing = [part == ".." for part in parts]
    return climbing == sorted(climbing, reverse=True)


def _real(path: str) -> str | None:
    """The path without links; None where it does not exist, or cannot be followed to its end."""
    try:
        return os.path.realpath(path, strict=True)
    except OSError:
        return None


def _is_within(path: str, root: str) -> bool:
    return path == root or path.startswith(f"{root}/")


def _disown(member: tarfile.TarInfo) -> None:
    """Whose it was does not count, nor do the bits that lend rights."""
    member.uid, member.gid, member.uname, member.gname = os.geteuid(), os.getegid(), "", ""
    wanted = member.mode & OTHERS_MODE | OWNERS_MODE
    member.mode = wanted | 0o700 if member.isdir() else wanted
