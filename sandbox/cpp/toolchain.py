"""Compiling a version of the target into a shared library: in the sandbox, and once."""

import re
import shlex
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from perfbot.sandbox.cpp import store
from perfbot.sandbox.cpp.compilers import (
    Compiler,
    ask,
    compiler_mounts,
    cxx_beside,
    fast_linker,
    find_compiler,
)
from perfbot.sandbox.cpp.extension import is_extension, weakened
from perfbot.sandbox.cpp.inside import Ran, run_script, why
from perfbot.sandbox.cpp.precompiled import FOLDER_AT, NAME, leading, precompiled
from perfbot.sandbox.cpp.program import compile_program
from perfbot.sandbox.cpp.units import Command, Unit, Variant
from perfbot.sandbox.cpp.variants import compile_flags, link_flags
from perfbot.sandbox.drivers.unwire import decode
from perfbot.sandbox.drivers.values import WireError
from perfbot.sandbox.drivers.wire import encode
from perfbot.sandbox.host import available_cores
from perfbot.sandbox.isolate.limits import MIB, Limits
from perfbot.sandbox.isolate.process import Box, Ended, interpreter_mounts, new_root
from perfbot.sandbox.project import Project
from perfbot.sandbox.worker import DRIVERS, PROJECT_AT

__all__ = [
    "HEADERS_AT",
    "Built",
    "Compiler",
    "compile_all",
    "compile_program",
    "compile_unit",
    "find_compiler",
]

HEADERS_AT = "/perfbot/cpp"
"""Where the driver's headers lie inside, for `#include`; always looked through last."""
LOOSE_AT = "/perfbot/unit"
"""Where a unit's text lies that is no file of the project."""
HEADERS = DRIVERS / "cpp"
COMPILE_S = 180.0
"""How long one compile may take, in seconds of wall time."""
COMPILE_BYTES = 4096 * MIB
_PATH_AT = re.compile(r"^(-[A-Za-z]*(?:[\w-]*=)?)?(/(?:project|perfbot))(?=/|$)")
"""`/project/x` and `-I/project/x`, as they are where the sandbox has a file system of its own."""


@dataclass(frozen=True, slots=True)
class Built:
    """What a compile gave."""

    library: bytes | None
    """The shared library; None when it could not be made."""
    diagnostics: str
    """What the compiler said, from its beginning."""
    gcno: bytes | None
    """For COVERED: the file that gcov reads; its counts will go to `unit.gcda` in /box."""
    seconds: float
    """What the compile took when it was done, cached or not."""
    reason: str = ""
    """Why there is no library, in one line."""


def compile_unit(
    project: Project,
    unit: Unit,
    command: Command,
    variant: Variant,
    *,
    extra: Sequence[str] = (),
    wall_s: float = COMPILE_S,
) -> Built:
    """`unit` as a shared library, with the project's flags as `variant` changes them.

    `extra` goes to the compiler and to the linker. Equal units are compiled once and then found
    in the user's cache; what ran into a limit is not kept.

    Raises: MachineError when the compiler or a sandbox is missing.
    """
    compiler = ask(command.compiler)
    tree = Path(command.built) if command.built else project.root
    key = store.key_of(
        "unit", unit.text, unit.path, unit.wrapper, command.compiler, compiler.version,
        command.flags, command.folder, command.link, command.is_c, variant.value, tuple(extra),
        store.tree_digest(tree, unit.path), _headers_digest(), fast_linker(),
    )  # fmt: skip
    kept = store.read("units", key)
    if kept is not None and (found := _from_bytes(kept)) is not None:
        return found
    shown = [*compiler_mounts(compiler), (tree, PROJECT_AT)]
    if is_extension(command.flags):
        shown += interpreter_mounts(project.python)
    built, is_final = _compile(tree, unit, command, compiler, variant, extra, shown, wall_s)
    if is_final:
        store.write("units", key, _to_bytes(built))
    return built


def compile_all(
    project: Project,
    wanted: Sequence[tuple[Unit, Command, Variant]],
    *,
    extra: Sequence[str] = (),
    wall_s: float = COMPILE_S,
) -> list[Built]:
    """Several units at once, as many as there are cores; results in the order of `wanted`.

    Raises: as `compile_unit`.
    """
    with ThreadPoolExecutor(max_workers=len(available_cores())) as pool:
        started = [
            pool.submit(compile_unit, project, unit, command, variant, extra=extra, wall_s=wall_s)
            for unit, command, variant in wanted
        ]
        return [item.result() for item in started]


def _compile(
    tree: Path,
    unit: Unit,
    command: Command,
    compiler: Compiler,
    variant: Variant,
    extra: Sequence[str],
    shown: Sequence[tuple[Path, str]],
    wall_s: float,
) -> tuple[Built, bool]:
    """The library, and whether another try would end in the same way."""
    root = new_root()
    in_project = (tree / unit.path).is_file()
    folder_at = PROJECT_AT if in_project else LOOSE_AT
    path = f"{root}{folder_at}/{unit.path}"
    linker = cxx_beside(compiler) if command.is_c else compiler
    flags = [*compile_flags(command.flags, variant, compiler), *extra, f"-I{HEADERS_AT}"]
    mounts = [(source, _rooted(inside, root)) for source, inside in shown]
    mounts += [(HEADERS, root + HEADERS_AT)] if HEADERS.is_dir() else []
    files = [(path, unit.text.encode(errors="surrogateescape"))]
    if not in_project:
        # What the text includes by a relative path lies in the project all the same.
        flags.append(f"-iquote{PROJECT_AT}/{Path(unit.path).parent}")
    before: list[str] = []
    if not command.is_c:
        ready = _ready_headers(tree, unit, compiler, flags, root)
        if ready is not None:
            mounts.append((ready, root + FOLDER_AT))
            before = ["-include", f"{FOLDER_AT}/{NAME}"]
    steps = [
        [compiler.path, *before, *flags, "-x", "c" if command.is_c else "c++", "-c", path,
         "-o", f"{root}/box/unit.o"]
    ]  # fmt: skip
    objects = [f"{root}/box/unit.o"]
    if is_extension(command.flags):
        steps.append(weakened(objects[0]))
    if unit.wrapper:
        files.append((f"{root}{LOOSE_AT}/wrapper.cpp", unit.wrapper.encode()))
        objects.append(f"{root}/box/wrapper.o")
        # It repeats the file's own includes, which are looked up beside the file.
        beside = f"-iquote{PROJECT_AT}/{Path(unit.path).parent}"
        steps.append(
            [linker.path, *_wrapper_flags(command, variant, linker), *extra, beside,
             f"-I{HEADERS_AT}", "-c", f"{LOOSE_AT}/wrapper.cpp", "-o", objects[-1]]
        )  # fmt: skip
    library = f"{root}/box/unit.so"
    steps.append(
        [linker.path, *link_flags(variant), *fast_linker(), *extra, "-shared", *objects,
         *command.link, "-o", library]
    )  # fmt: skip
    box = Box(
        root=root,
        read_only=tuple(mounts),
        files=tuple(files),
        cwd=f"{root}{PROJECT_AT}/{command.folder}".removesuffix("/."),
        box_bytes=1024 * MIB,
        tmp_bytes=1024 * MIB,
    )
    limits = Limits(wall_s=wall_s, memory_bytes=COMPILE_BYTES, file_bytes=512 * MIB)
    script = " && ".join(shlex.join(_rooted(word, root) for word in step) for step in steps)
    ran = run_script(script, (library, f"{root}/box/unit.gcno"), box, limits)
    return _built(ran, variant, limits), ran.ended is Ended.EXITED


def _built(ran: Ran, variant: Variant, limits: Limits) -> Built:
    if not ran.ok:
        return Built(None, ran.said, None, ran.seconds, why(ran, "compiling", limits))
    library, gcno = ran.files
    return Built(library, ran.said, gcno if variant is Variant.COVERED else None, ran.seconds)


_READ_FIRST = ("-include", "-imacros")
_TWO_WORDS = ("-I", "-iquote", "-isystem", "-idirafter")


def _ready_headers(
    tree: Path, unit: Unit, compiler: Compiler, flags: Sequence[str], root: str
) -> Path | None:
    """The folder with the headers that the project's own file begins with, if `unit` has them.

    Not those that a version adds: each would cost more than it saves.
    """
    path = tree / unit.path
    own = path.read_bytes().decode(errors="surrogateescape") if path.is_file() else unit.text
    names = leading(own)
    if not names or not set(names) <= set(leading(unit.text)):
        return None
    if any(flag.startswith(_READ_FIRST) or flag in _TWO_WORDS for flag in flags):
        return None
    others = [flag for flag in flags if not flag.startswith(_TWO_WORDS)]
    ready = precompiled(names, compiler, [_rooted(word, root) for word in others])
    return None if ready is None else ready.folder


def _wrapper_flags(command: Command, variant: Variant, compiler: Compiler) -> list[str]:
    """For the C++ that calls C: the project's macros, folders and machine, and no C dialect."""
    flags: list[str] = []
    words = iter(command.flags)
    for word in words:
        if word in ("-I", "-D", "-U", "-isystem", "-iquote", "-include"):
            flags += [word, next(words, "")]
        elif word.startswith(("-I", "-D", "-U", "-isystem", "-iquote", "-m", "-O")):
            flags.append(word)
    return ["-std=c++20", *compile_flags(flags, variant, compiler)]


def _rooted(word: str, root: str) -> str:
    """A word of a command with the paths inside it as they are in this sandbox."""
    return _PATH_AT.sub(rf"\1{root}\2", word) if root else word


def _headers_digest() -> str:
    return store.tree_digest(HEADERS) if HEADERS.is_dir() else ""


def _to_bytes(built: Built) -> bytes:
    return encode([built.library, built.diagnostics, built.gcno, built.seconds, built.reason])


def _from_bytes(data: bytes) -> Built | None:
    try:
        row = decode(data)
    except WireError:
        return None
    return Built(*row) if type(row) is list and len(row) == 5 else None
