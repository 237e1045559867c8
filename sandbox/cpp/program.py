"""Compiling the programs that perfbot itself runs inside: the driver of C and C++."""

import os
import shlex
import threading
from collections.abc import Sequence
from pathlib import Path

from perfbot.sandbox.cpp import store
from perfbot.sandbox.cpp.compilers import Compiler, compiler_mounts, fast_linker, find_compiler
from perfbot.sandbox.cpp.inside import first_error, run_script, why
from perfbot.sandbox.cpp.units import Variant
from perfbot.sandbox.cpp.variants import compile_flags, link_flags
from perfbot.sandbox.errors import MachineError
from perfbot.sandbox.isolate.limits import MIB, Limits
from perfbot.sandbox.isolate.process import Box, new_root

SOURCES_AT = "/perfbot/sources"
COMPILE_S = 180.0
_building = threading.Lock()


def compile_program(
    sources: Sequence[Path],
    variant: Variant,
    *,
    compiler: Compiler | None = None,
    flags: Sequence[str] = ("-std=c++17", "-O2"),
    link: Sequence[str] = ("-rdynamic", "-ldl", "-pthread"),
) -> Path:
    """The executable that perfbot's own `sources` make, kept in the cache; readable for all.

    What lies beside the sources can be included.

    Raises: MachineError when it cannot be built here, with what is missing.
    """
    compiler = compiler or find_compiler()
    beside = {file for source in sources for file in source.parent.iterdir() if file.is_file()}
    texts = tuple((path.name, path.read_bytes()) for path in sorted({*beside, *sources}))
    key = store.key_of(
        "program", compiler.path, compiler.version, variant.value, tuple(flags), tuple(link),
        tuple(source.name for source in sources), texts,
    )  # fmt: skip
    path = store.kind_folder("programs") / key
    with _building:
        if not path.is_file():
            data = _build_program(sources, texts, variant, compiler, [*flags], [*link])
            store.write("programs", key, data)
            path.chmod(0o755)
    os.utime(path)
    return path


def _build_program(
    sources: Sequence[Path],
    texts: Sequence[tuple[str, bytes]],
    variant: Variant,
    compiler: Compiler,
    flags: Sequence[str],
    link: Sequence[str],
) -> bytes:
    root = new_root()
    made = f"{root}/box/program"
    folder = f"{root}{SOURCES_AT}"
    box = Box(
        root=root,
        read_only=compiler_mounts(compiler),
        files=tuple((f"{folder}/{name}", text) for name, text in texts),
        cwd=f"{root}/box",
        box_bytes=512 * MIB,
    )
    limits = Limits(wall_s=COMPILE_S, memory_bytes=4096 * MIB, file_bytes=512 * MIB)
    words = [
        compiler.path, *compile_flags(flags, variant, compiler), f"-I{folder}",
        *[f"{folder}/{source.name}" for source in sources],
        *link_flags(variant), *fast_linker(), *link, "-o", made,
    ]  # fmt: skip
    ran = run_script(shlex.join(words), (made,), box, limits)
    if not ran.ok:
        raise MachineError(
            f"{compiler.path} cannot build perfbot's {sources[0].stem} ({variant.value}): "
            + (first_error(ran.said) or why(ran, "compiling", limits)),
            "apt-get install g++ libc6-dev (or dnf install gcc-c++ libasan libubsan libtsan)",
        )
    return ran.files[0]
