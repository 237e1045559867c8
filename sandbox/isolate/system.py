"""What every sandbox with a file system of its own shows of the host, beside a Box."""

import os
from pathlib import Path

NOBODY = 65534
"""
The payload's user id where root runs perfbot, never 0. A process with kernel uid 0 could write
/proc/sys/kernel/core_pattern, and is exempt from RLIMIT_NPROC.
"""
LINKS = ("/bin", "/sbin", "/lib", "/lib64", "/lib32")
"""Folders, or links into /usr."""
FILES = (
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/alternatives",
    "/etc/localtime",
    "/etc/nsswitch.conf",
    "/etc/mime.types",
)
_INSIDE = 1000


def made_files(user: int = _INSIDE) -> dict[str, bytes]:
    """Path -> content of what is written instead of shown; `user` is the payload's id inside."""
    entry = b"u:x:%d:%d:u:/home/u:/bin/sh\n" % ((_INSIDE if user == NOBODY else user,) * 2)
    return {
        "/etc/passwd": b"root:x:0:0:root:/root:/bin/sh\n"
        + entry
        + b"nobody:x:65534:65534:nobody:/home/u:/bin/sh\n",
        "/etc/group": b"root:x:0:\nu:x:%s:\nnogroup:x:65534:\n" % entry.split(b":")[2],
        "/etc/hosts": b"127.0.0.1 localhost sandbox\n::1 localhost\n",
    }


def is_private(source: Path) -> bool:
    """Whether nobody may not look into this folder, as into those of `tempfile.mkdtemp`."""
    return source.is_dir() and os.stat(source).st_mode & 0o005 != 0o005
