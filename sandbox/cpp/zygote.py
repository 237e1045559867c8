"""perfbot's side of the C and C++ driver: zygotes and workers that load compiled versions."""

from pathlib import Path
from types import TracebackType

from perfbot.sandbox.cpp.builder import Builder
from perfbot.sandbox.cpp.compilers import ask as ask_compiler
from perfbot.sandbox.cpp.compilers import cxx_beside
from perfbot.sandbox.cpp.program import compile_program
from perfbot.sandbox.cpp.program_worker import ProgramWorker
from perfbot.sandbox.cpp.units import Command, Variant
from perfbot.sandbox.cpp.worker import DIED, REPORT, CppWorker
from perfbot.sandbox.cpp.wrapper import Hints
from perfbot.sandbox.isolate.limits import Limits
from perfbot.sandbox.isolate.process import Box, Sandboxed, launch, new_root
from perfbot.sandbox.project import Project
from perfbot.sandbox.worker import DRIVERS, Channel, ChildFailedError

__all__ = [
    "DIED",
    "REPORT",
    "Builder",
    "CppWorker",
    "CppZygote",
    "driver_program",
    "fork_worker",
]

SOURCES = DRIVERS / "cpp"
PROGRAM_AT = "/perfbot/driver"
_SANITIZERS = ":".join(
    (
        "abort_on_error=1",
        "exitcode=66",
        "detect_leaks=1",
        "leak_check_at_exit=0",
        "detect_stack_use_after_return=1",
        "strict_string_checks=1",
        "check_initialization_order=1",
        "allocator_may_return_null=1",
        "symbolize=0",
        "print_legend=0",
        "print_stacktrace=0",
        "malloc_context_size=8",
    )
)
"""Source: google/sanitizers wiki, AddressSanitizerFlags and SanitizerCommonFlags."""


class CppZygote:
    """One sandbox with the driver program, from which workers are forked."""

    def __init__(
        self,
        project: Project,
        command: Command,
        *,
        variant: Variant = Variant.PLAIN,
        hints: Hints | None = None,
        hash_seed: int = 0,
        cpu: int | None = None,
        limits: Limits | None = None,
    ) -> None:
        """`hash_seed` decides what fresh memory holds, so that two zygotes differ in what code
        does that reads it; not with `cpu`: who is timed does not pay for that.

        Raises: ChildFailedError, MachineError.
        """
        self.builder = Builder(project, command, variant, hints or Hints())
        program = driver_program(command, variant)
        self.channel = Channel(root := new_root())
        fd = self.channel.theirs.fileno()
        box = Box(
            root=root,
            read_only=((program, root + PROGRAM_AT),),
            env=environment_of(variant, hash_seed if cpu is None else None),
            cwd=f"{root}/box",
        )
        self.sandboxed: Sandboxed = launch(
            [root + PROGRAM_AT, str(fd)],
            box=box,
            limits=limits or Limits(wall_s=None, output_bytes=None),
            fds=[fd],
            cpu=cpu,
        )
        self.channel.give_away()
        try:
            self.channel.request("setup", path=[], imports=[])
        except ChildFailedError as error:
            self.close()
            raise ChildFailedError(
                error.kind, f"{error.detail}\n{self.sandboxed.stderr_tail}"
            ) from error

    def fork(self) -> CppWorker:
        """A new process that has loaded nothing yet. Raises: ChildFailedError."""
        return fork_worker(self.channel, self.builder)

    def close(self) -> None:
        """End the sandbox with all its processes."""
        self.channel.close()
        self.sandboxed.close()

    def __enter__(self) -> "CppZygote":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def fork_worker(parent: Channel, builder: Builder) -> CppWorker:
    """Fork the process behind `parent`; the child has what its parent has loaded."""
    kind = ProgramWorker if builder.hints.program else CppWorker
    worker = kind(parent.root, builder)
    parent.request("fork", fds=[worker.theirs.fileno()])
    worker.give_away()
    worker.request("hello")
    return worker


def driver_program(command: Command, variant: Variant) -> Path:
    """The driver's executable, made by the project's own compiler: they share a library of C++.

    Raises: MachineError when it cannot be built.
    """
    compiler = ask_compiler(command.compiler)
    compiler = cxx_beside(compiler) if command.is_c else compiler
    sources = sorted(SOURCES.glob("*.cpp"))
    chosen = tuple(flag for flag in command.flags if flag.startswith("-stdlib="))
    built_as = Variant.PLAIN if variant is Variant.COVERED else variant
    return compile_program(
        sources,
        built_as,
        compiler=compiler,
        flags=("-std=c++17", "-O2", *chosen),
        link=("-rdynamic", "-ldl", "-pthread", *chosen),
    )


def fill_of(hash_seed: int) -> int:
    """The byte that fresh memory is filled with, 1 to 254."""
    return 1 + hash_seed % 254


def opposite(hash_seed: int) -> int:
    """A seed under which every bit of fresh memory is the other one."""
    return 254 - fill_of(hash_seed)


def environment_of(variant: Variant, hash_seed: int | None) -> tuple[tuple[str, str], ...]:
    """What fresh memory holds (anything, without a seed), and how sanitizers report."""
    fill = fill_of(hash_seed or 0)
    if variant in (Variant.PLAIN, Variant.COVERED):
        if hash_seed is None:
            return ()
        # What lies in a thread's own cache is handed out as it is, so there is none.
        # Source: mallopt(3), M_PERTURB; glibc's manual, Memory Allocation Tunables.
        tunables = f"glibc.malloc.perturb={fill}:glibc.malloc.tcache_count=0"
        return (("MALLOC_PERTURB_", str(fill)), ("GLIBC_TUNABLES", tunables))
    filled = f"max_malloc_fill_size=1048576:malloc_fill_byte={fill}"
    return (
        ("ASAN_OPTIONS", f"{_SANITIZERS}:{filled}"),
        ("UBSAN_OPTIONS", _SANITIZERS),
        ("LSAN_OPTIONS", _SANITIZERS),
        ("TSAN_OPTIONS", f"{_SANITIZERS}:halt_on_error=0:report_signal_unsafe=0"),
    )
