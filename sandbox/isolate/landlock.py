"""Landlock: a process gives up, for itself and all it will start, every file but those it names.

Needs no privilege and no namespace. Source: Linux, Documentation/userspace-api/landlock.rst and
include/uapi/linux/landlock.h.
"""

import ctypes
import os
import stat
import struct
from collections.abc import Iterable

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION = 1
_PATH_BENEATH = 1
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_FILTER = 38, 22, 2

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_UNTIL_VERSION_1 = (1 << 13) - 1
_REFER, _TRUNCATE, _IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15  # since versions 2, 3 and 5
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV
_READ = _EXECUTE | _READ_FILE | _READ_DIR
_TCP_BIND_AND_CONNECT = 3
_ABSTRACT_SOCKETS_AND_SIGNALS = 3
SCOPES_SIGNALS = 6
"""The first version in which a confined process cannot signal one outside."""


def version() -> int:
    """Landlock's version in this kernel; 0 where there is none."""
    found = int(_libc().syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _ASK_VERSION))
    return max(0, found)


def confine(read: Iterable[str], write: Iterable[str], *, at_most: int = 99) -> None:
    """
    Allow this process only to read and execute what lies at or below `read`, and all at `write`.

    Paths that do not exist are passed over. With it go TCP (version 4), abstract sockets and
    signals to processes outside (version 6), and privileges by execution. `at_most` leaves out
    what later versions than that one hold.

    Raises: OSError where the kernel refuses.
    """
    known = min(version(), at_most)
    handled = _UNTIL_VERSION_1
    for since, right in ((2, _REFER), (3, _TRUNCATE), (5, _IOCTL_DEV)):
        handled |= right if known >= since else 0
    fields = [handled]
    fields += [_TCP_BIND_AND_CONNECT] if known >= 4 else []
    fields += [_ABSTRACT_SOCKETS_AND_SIGNALS] if known >= SCOPES_SIGNALS else []
    attributes = struct.pack(f"<{len(fields)}Q", *fields)
    ruleset = _call(_CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0)
    try:
        for paths, rights in ((read, _READ), (write, handled)):
            for path in paths:
                _allow(ruleset, path, rights & handled)
        give_up_privileges()
        _call(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def give_up_privileges() -> None:
    """From here on no execution gives this process more rights than it has."""
    if _libc().prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "no_new_privs was refused")


def install_filter(program: bytes) -> None:
    """Hold this process and all it will start to a seccomp program (8 bytes an instruction).

    Raises: OSError where the kernel refuses.
    """
    code = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("@HP", len(program) // 8, ctypes.addressof(code))
    give_up_privileges()
    if _libc().prctl(_PR_SET_SECCOMP, _SECCOMP_FILTER, header, 0, 0):
        raise OSError(ctypes.get_errno(), "the seccomp filter was refused")


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # what cannot be opened needs no permission
    try:
        if not stat.S_ISDIR(os.fstat(fd).st_mode):
            rights &= _OF_FILES
        rule = struct.pack("<Qi", rights, fd)
        _call(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0)
    finally:
        os.close(fd)


def _call(number: int, *arguments: object) -> int:
    result = int(_libc().syscall(number, *arguments))
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"landlock: {os.strerror(error)}")
    return result


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
