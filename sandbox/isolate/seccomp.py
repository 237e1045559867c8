"""The system calls a candidate may make, as a classic BPF program for `bwrap --seccomp`.

ptrace (but of pid 1) and mknod stay allowed: LeakSanitizer, gdb and valgrind need them, and the
kernel itself refuses both across the sandbox's border.
"""

import errno
import platform
import struct
from dataclasses import dataclass

from perfbot.sandbox.errors import MachineError
from perfbot.sandbox.isolate.shared_calls import NUMBERS, SharedCalls

# Source: linux/bpf_common.h; an instruction is (code, jump if true, jump if false, operand).
_LOAD_WORD = 0x20
_JUMP_EQUAL = 0x15
_JUMP_GREATER_OR_EQUAL = 0x35
_JUMP_ANY_BIT = 0x45
_RETURN = 0x06
_Instruction = tuple[int, int, int, int]

# Source: linux/seccomp.h
_ALLOW = 0x7FFF0000
_KILL_PROCESS = 0x80000000
_FAIL = 0x00050000  # or-ed with the errno

# struct seccomp_data: int nr; u32 arch; u64 instruction_pointer; u64 args[6]. Both architectures
# are little endian, and the kernel reads only the low 32 bits of every argument tested here.
_NUMBER_OFFSET = 0
_ARCH_OFFSET = 4
_ARGUMENTS_OFFSET = 16

_X32_BIT = 0x40000000
# CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. Source: linux/sched.h
_NAMESPACE_FLAGS = 0x00020000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x70000000
# AF_UNIX, AF_INET, AF_INET6, AF_NETLINK. All but AF_VSOCK would be held by the network namespace
# anyway; the others are refused because their kernel code is rarely exercised.
_SOCKET_FAMILIES = (1, 2, 10, 16)
# SOCK_STREAM and SOCK_SEQPACKET, each also non-blocking, close-on-exec, or both.
_FLAGS = (0, 0o4000, 0o2000000, 0o2004000)
_CONNECTED_KINDS = tuple(kind | flag for kind in (1, 5) for flag in _FLAGS)
# PER_LINUX, ADDR_NO_RANDOMIZE (gdb and sanitizers set it), and "only tell me".
_PERSONALITIES = (0, 0x0040000, 0xFFFFFFFF)
# TIOCSTI and TIOCLINUX push characters into a terminal.
_TERMINAL_INJECTION = (0x5412, 0x541C)

# Calls refused with EPERM: name -> number on x86_64, number on aarch64 (None: absent there).
# Source: arch/x86/entry/syscalls/syscall_64.tbl, include/uapi/asm-generic/unistd.h
_REFUSED: dict[str, tuple[int, int | None]] = {
    # mounts and namespaces
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "setns": (308, 268),
    "unshare": (272, 97),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "open_tree_attr": (467, 467),
    # wide doors into the kernel
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "fanotify_init": (300, 262),
    "open_by_handle_at": (304, 265),
    "name_to_handle_at": (303, 264),
    "pidfd_getfd": (438, 438),
    "process_madvise": (440, 440),
    "kcmp": (312, 272),
    "lookup_dcookie": (212, 18),
    "nfsservctl": (180, 42),
    "migrate_pages": (256, 238),
    "move_pages": (279, 239),
    # the machine itself
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "syslog": (103, 116),
    "acct": (163, 89),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "adjtimex": (159, 171),
    "vhangup": (153, 58),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    # left from older kernels
    "iopl": (172, None),
    "ioperm": (173, None),
    "modify_ldt": (154, None),
    "uselib": (134, None),
    "ustat": (136, None),
    "sysfs": (139, None),
    "_sysctl": (156, None),
}


@dataclass(frozen=True, slots=True)
class Architecture:
    """What differs between two processors: the audit number and these calls' numbers."""

    audit: int
    column: int
    clone: int
    clone3: int
    socket: int
    socketpair: int
    personality: int
    ioctl: int
    ptrace: int
    process_vm: tuple[int, int]
    shmget: int
    has_x32: bool


# Source: linux/audit.h for the audit numbers.
ARCHITECTURES = {
    "x86_64": Architecture(0xC000003E, 0, 56, 435, 41, 53, 135, 16, 101, (310, 311), 29, True),
    "aarch64": Architecture(0xC00000B7, 1, 220, 435, 198, 199, 92, 29, 117, (270, 271), 194, False),
}


def program(
    machine: str = "",
    *,
    refuse_shmget: bool = False,
    shared: SharedCalls | None = None,
    pid: int = 0,
) -> bytes:
    """
    The filter for `machine` (as `platform.machine()` names it; empty: this one).

    `refuse_shmget`: System V memory outlives the process that wrote it and shows in no process's
    size, so it is refused where no cgroup counts it. `shared`: what is refused besides to the
    process `pid` where there are no namespaces; sockets then come in connected pairs alone.

    Raises: MachineError for a processor without a table.
    """
    name = machine or platform.machine()
    if name not in ARCHITECTURES:
        raise MachineError(
            f"perfbot's sandbox has no system call table for {name}.",
            f"Run perfbot on one of: {', '.join(ARCHITECTURES)}.",
        )
    arch = ARCHITECTURES[name]
    code = [_load(_ARCH_OFFSET)]
    code += [(_JUMP_EQUAL, 1, 0, arch.audit), _end(_KILL_PROCESS)]
    code += [_load(_NUMBER_OFFSET)]
    if arch.has_x32:
        code += [(_JUMP_GREATER_OR_EQUAL, 0, 1, _X32_BIT), _fail(errno.ENOSYS)]
    for numbers in _REFUSED.values():
        number = numbers[arch.column]
        if number is not None:
            code += _end_if(number, _fail(errno.EPERM))
    # glibc falls back to clone when clone3 does not exist; its flags lie in memory, out of reach.
    code += _end_if(arch.clone3, _fail(errno.ENOSYS))
    if refuse_shmget:
        code += _end_if(arch.shmget, _fail(errno.ENOSYS))
    code += _when(arch.clone, _refuse_bits(0, _NAMESPACE_FLAGS))
    if shared is not None:
        code += _shared(arch, shared, pid)
    code += _when(arch.socket, _allow_only(0, _SOCKET_FAMILIES, errno.EAFNOSUPPORT))
    code += _when(arch.personality, _allow_only(0, _PERSONALITIES, errno.EPERM))
    code += _when(arch.ioctl, _refuse_values(1, _TERMINAL_INJECTION))
    # Pid 1 is bubblewrap, run by an ordinary user with the payload's own user id: it tells how
    # the command ended.
    code += _when(arch.ptrace, _refuse_values(1, (1,)))
    for number in arch.process_vm:
        code += _when(number, _refuse_values(0, (1,)))
    code += [_end(_ALLOW)]
    return b"".join(struct.pack("<HBBI", *instruction) for instruction in code)


def _shared(arch: Architecture, shared: SharedCalls, pid: int) -> list[_Instruction]:
    code = _end_if(arch.socket, _fail(errno.EAFNOSUPPORT))
    # A datagram socket could be sent from to any socket file, a connected stream cannot.
    code += _when(arch.socketpair, _allow_only(1, _CONNECTED_KINDS, errno.EPERM))
    ends = ((shared.absent, errno.ENOSYS), (shared.refused, errno.EPERM), (shared.idle, 0))
    for names, error in ends:
        for number in _numbers(arch, names):
            code += _end_if(number, _fail(error))
    for number in _numbers(arch, shared.on_oneself):
        code += _when(number, _allow_only(0, (0,), errno.EPERM))
    for number in _numbers(arch, shared.own_thread):
        code += _when(number, _allow_only(0, (0, pid), errno.EPERM))
    return code


def _numbers(arch: Architecture, names: tuple[str, ...]) -> list[int]:
    found = [NUMBERS[name][arch.column] for name in names]
    return [number for number in found if number is not None]


def _load(offset: int) -> _Instruction:
    return (_LOAD_WORD, 0, 0, offset)


def _end(action: int) -> _Instruction:
    return (_RETURN, 0, 0, action)


def _fail(error: int) -> _Instruction:
    return _end(_FAIL | error)


def _end_if(value: int, end: _Instruction) -> list[_Instruction]:
    """End there when the loaded word is `value`, else go on."""
    return [(_JUMP_EQUAL, 0, 1, value), end]


def _when(number: int, body: list[_Instruction]) -> list[_Instruction]:
    """Run `body`, which must end on every path, for one call; else go on behind it."""
    assert len(body) <= 255, "a BPF jump reaches 255 instructions"
    return [(_JUMP_EQUAL, 0, len(body), number), *body]


def _argument(index: int) -> _Instruction:
    return _load(_ARGUMENTS_OFFSET + 8 * index)


def _allow_only(index: int, values: tuple[int, ...], error: int) -> list[_Instruction]:
    code = [_argument(index)]
    for value in values:
        code += _end_if(value, _end(_ALLOW))
    return [*code, _fail(error)]


def _refuse_values(index: int, values: tuple[int, ...]) -> list[_Instruction]:
    code = [_argument(index)]
    for value in values:
        code += _end_if(value, _fail(errno.EPERM))
    return [*code, _end(_ALLOW)]


def _refuse_bits(index: int, bits: int) -> list[_Instruction]:
    refused = _fail(errno.EPERM)
    return [_argument(index), (_JUMP_ANY_BIT, 0, 1, bits), refused, _end(_ALLOW)]
