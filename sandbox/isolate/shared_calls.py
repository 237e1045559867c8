"""The system calls refused besides, where a sandbox has no namespaces of its own.

There Landlock holds the files; what it does not see (other sockets than TCP, System V memory,
modes and times of files, settings of other processes of the same user) is held here.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SharedCalls:
    """Names of calls and what becomes of them; the numbers are in `NUMBERS`."""

    absent: tuple[str, ...]
    """They do not exist (ENOSYS)."""
    refused: tuple[str, ...]
    """Not permitted (EPERM)."""
    idle: tuple[str, ...]
    """They report success and do nothing: too many harmless programs stop otherwise."""
    on_oneself: tuple[str, ...]
    """Permitted with 0, "the calling process", as their first argument."""
    own_thread: tuple[str, ...]
    """Permitted with the command's own process id, or 0, as their first argument."""


# Source: arch/x86/entry/syscalls/syscall_64.tbl, include/uapi/asm-generic/unistd.h
NUMBERS: dict[str, tuple[int | None, int | None]] = {
    "connect": (42, 203),
    "bind": (49, 200),
    "shmget": (29, 194),
    "shmat": (30, 196),
    "shmctl": (31, 195),
    "msgget": (68, 186),
    "msgsnd": (69, 189),
    "msgrcv": (70, 188),
    "semget": (64, 190),
    "semop": (65, 193),
    "semtimedop": (220, 192),
    "mq_open": (240, 180),
    "mq_unlink": (241, 181),
    "prlimit64": (302, 261),
    "sched_setaffinity": (203, 122),
    "sched_setscheduler": (144, 119),
    "sched_setparam": (142, 118),
    "sched_setattr": (314, 274),
    "setpriority": (141, 140),
    "ioprio_set": (251, 30),
    "kill": (62, 129),
    "tkill": (200, 130),
    "tgkill": (234, 131),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "pidfd_send_signal": (424, 424),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "inotify_add_watch": (254, 27),
    "truncate": (76, 45),
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, None),
    "fchown": (93, 55),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
    "utimensat": (280, 88),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "setxattrat": (463, 463),
    "removexattrat": (466, 466),
    "file_setattr": (469, 469),
}

_IPC = ("shmget", "shmat", "shmctl", "msgget", "msgsnd", "msgrcv", "semget", "semop", "semtimedop")
_QUEUES = ("mq_open", "mq_unlink")
_OTHERS = ("process_vm_readv", "process_vm_writev")
_XATTR = (
    "setxattr", "lsetxattr", "fsetxattr", "removexattr", "lremovexattr", "fremovexattr",
    "setxattrat", "removexattrat", "file_setattr",
)  # fmt: skip
_MODES = (
    "chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "fchown", "lchown", "fchownat",
    "utime", "utimes", "futimesat", "utimensat",
)  # fmt: skip
_SETTINGS = (
    "prlimit64", "sched_setaffinity", "sched_setscheduler", "sched_setparam", "sched_setattr",
)  # fmt: skip
_SIGNALS = ("tkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_send_signal")


def shared_calls(*, own_user: bool, landlock_version: int) -> SharedCalls:
    """
    What is refused where only Landlock, of that version, stands between payload and host.

    `own_user`: the payload has a user id (nobody's) that owns no files outside, so that the kernel
    already keeps it from changing modes and times of others.
    """
    refused = ["connect", "bind", *_OTHERS, "inotify_add_watch", "setpriority", "ioprio_set"]
    if not own_user:
        refused += _XATTR
    if landlock_version < 3:
        refused.append("truncate")
    holds_signals = own_user or landlock_version >= 6
    return SharedCalls(
        absent=(*_IPC, *_QUEUES),
        refused=(*refused, *(() if holds_signals else _SIGNALS)),
        idle=() if own_user else _MODES,
        on_oneself=(*_SETTINGS, *(() if holds_signals else ("kill",))),
        own_thread=() if holds_signals else ("tgkill",),
    )
