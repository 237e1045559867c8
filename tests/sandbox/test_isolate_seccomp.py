"""The system call filter, run by an interpreter of classic BPF, on both architectures."""

import errno
import struct

import pytest

from perfbot.sandbox.errors import MachineError
from perfbot.sandbox.isolate import seccomp

ALLOW = 0x7FFF0000
KILL = 0x80000000
X86_64 = seccomp.ARCHITECTURES["x86_64"]
AARCH64 = seccomp.ARCHITECTURES["aarch64"]
NAMES = ("x86_64", "aarch64")


def decide(program: bytes, audit: int, number: int, *arguments: int) -> int:
    """What the kernel would answer to one call; refuses a jump out of the program."""
    padded = [*arguments, 0, 0, 0, 0, 0, 0][:6]
    data = struct.pack("<iIQ6Q", number, audit, 0, *padded)
    code = list(struct.iter_unpack("<HBBI", program))
    at, word = 0, 0
    while True:
        operation, if_true, if_false, operand = code[at]
        at += 1
        if operation == 0x06:
            return int(operand)
        if operation == 0x20:
            word = struct.unpack_from("<I", data, operand)[0]
            continue
        holds = {0x15: word == operand, 0x35: word >= operand, 0x45: bool(word & operand)}
        at += if_true if holds[operation] else if_false


def refused(error: int) -> int:
    """The answer that makes a call fail with `error`."""
    return 0x00050000 | error


@pytest.mark.parametrize("name", NAMES)
def test_calls_of_another_architecture_kill(name: str) -> None:
    """A call made through another architecture's door (int 0x80) ends the process."""
    program = seccomp.program(name)
    assert decide(program, 0x40000003, 20) == KILL
    assert decide(program, seccomp.ARCHITECTURES[name].audit, 20) == ALLOW


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("x86_64", 165),  # mount
        ("x86_64", 272),  # unshare
        ("x86_64", 321),  # bpf
        ("x86_64", 425),  # io_uring_setup
        ("x86_64", 250),  # keyctl
        ("x86_64", 156),  # _sysctl, the last of the table
        ("aarch64", 40),  # mount
        ("aarch64", 97),  # unshare
        ("aarch64", 280),  # bpf
        ("aarch64", 425),  # io_uring_setup
        ("aarch64", 219),  # keyctl
    ],
)
def test_dangerous_calls_are_refused(name: str, number: int) -> None:
    """A call of the table fails with EPERM."""
    program = seccomp.program(name)
    assert decide(program, seccomp.ARCHITECTURES[name].audit, number) == refused(errno.EPERM)


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("x86_64", 0),  # read
        ("x86_64", 59),  # execve
        ("x86_64", 101),  # ptrace
        ("x86_64", 133),  # mknod
        ("x86_64", 53),  # socketpair
        ("x86_64", 319),  # memfd_create
        ("aarch64", 63),  # read
        ("aarch64", 117),  # ptrace
        ("aarch64", 165),  # getrusage, whose number is mount's on x86_64
    ],
)
def test_ordinary_calls_pass(name: str, number: int) -> None:
    """Ordinary calls, and what sanitizers and debuggers need, are allowed."""
    assert decide(seccomp.program(name), seccomp.ARCHITECTURES[name].audit, number) == ALLOW


@pytest.mark.parametrize("name", NAMES)
def test_arguments_decide(name: str) -> None:
    """clone, socket, personality and ioctl are judged by their arguments."""
    arch, program = seccomp.ARCHITECTURES[name], seccomp.program(name)

    def answer(number: int, *arguments: int) -> int:
        return decide(program, arch.audit, number, *arguments)

    assert answer(arch.clone, 0x003D0F00) == ALLOW  # a thread of glibc
    assert answer(arch.clone, 17) == ALLOW  # fork
    for flag in (0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x40000000):
        assert answer(arch.clone, flag | 17) == refused(errno.EPERM)
    assert answer(arch.clone3) == refused(errno.ENOSYS)
    assert [answer(arch.socket, family) for family in (1, 2, 10, 16)] == [ALLOW] * 4
    for family in (0, 17, 38, 40, 0xFFFF):
        assert answer(arch.socket, family) == refused(errno.EAFNOSUPPORT)
    assert [answer(arch.personality, value) for value in (0, 0x40000, 0xFFFFFFFF)] == [ALLOW] * 3
    assert answer(arch.personality, 0x00400000) == refused(errno.EPERM)
    assert answer(arch.ioctl, 0, 0x5401) == ALLOW
    assert answer(arch.ioctl, 0, 0x5412) == refused(errno.EPERM)
    assert answer(arch.ioctl, 0, 0x541C | 1 << 32) == refused(errno.EPERM)


def test_x32_calls_do_not_exist() -> None:
    """The x32 numbering of x86_64 would slip past the table, so it answers ENOSYS."""
    program = seccomp.program("x86_64")
    assert decide(program, X86_64.audit, 0x40000000 + 39) == refused(errno.ENOSYS)
    assert decide(program, X86_64.audit, 39) == ALLOW


def test_shmget_is_refused_only_where_nobody_counts_it() -> None:
    """System V memory is refused on demand."""
    assert decide(seccomp.program("aarch64"), AARCH64.audit, AARCH64.shmget) == ALLOW
    strict = seccomp.program("aarch64", refuse_shmget=True)
    assert decide(strict, AARCH64.audit, AARCH64.shmget) == refused(errno.ENOSYS)


def test_a_processor_without_table_is_named() -> None:
    """No filter is made for a processor whose call numbers are unknown."""
    with pytest.raises(MachineError, match="riscv64"):
        seccomp.program("riscv64")
