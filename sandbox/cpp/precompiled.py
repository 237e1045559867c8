"""The standard headers that a file begins with, compiled once: they cost most of its compile.

A file that includes all of them finds them done. One that lacks any is compiled without, or an
edit that forgets `#include <vector>` would compile here and not in the project.
"""

import re
import tempfile
import threading
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from perfbot.sandbox.cpp import store
from perfbot.sandbox.cpp.compilers import Compiler, compiler_mounts
from perfbot.sandbox.cpp.inside import run_script
from perfbot.sandbox.isolate.limits import MIB, Limits
from perfbot.sandbox.isolate.process import Box, new_root

FOLDER_AT = "/perfbot/precompiled"
NAME = "leading.hpp"
BUILD_S = 120.0
PAYS_AFTER = 2
"""So many compiles go without. To precompile takes three times as long as a compile, which then
saves most of its own time, so the third compile is where it begins to pay, whatever follows.
Source: Karlin et al. 1988, Competitive snoopy caching (buy when the rent has cost as much)."""
_INCLUDE = re.compile(r"\s*#\s*include\s*(?:<([\w./+-]+)>|\"[^\"]+\")\s*(?://.*)?")
_PASSED_OVER = re.compile(r"\s*(//.*|#\s*pragma\s+once\s*)?")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_STANDARD = re.compile(
    # C++'s own have no suffix; C's are named one by one, as <zlib.h> looks the same.
    r"[a-z_]+|bits/stdc\+\+\.h|(assert|complex|ctype|errno|fenv|float|inttypes|iso646|limits"
    r"|locale|math|setjmp|signal|stdalign|stdarg|stdatomic|stdbool|stddef|stdint|stdio|stdlib"
    r"|string|tgmath|threads|time|uchar|wchar|wctype)\.h"
)
_making: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


@dataclass(frozen=True, slots=True)
class Precompiled:
    """A folder with a header and its compiled form, for one compiler and one set of flags."""

    folder: Path
    names: frozenset[str]


def leading(text: str) -> tuple[str, ...]:
    """The standard headers that `text` includes before its first other line, in order.

    Headers in quotes are passed over: they are the project's, and may change.
    """
    found: list[str] = []
    for line in _COMMENT.sub(lambda m: "\n" * m[0].count("\n"), text).splitlines():
        include = _INCLUDE.fullmatch(line)
        if include is not None:
            if include[1] and _STANDARD.fullmatch(include[1]) and include[1] not in found:
                found.append(include[1])
        elif not _PASSED_OVER.fullmatch(line):
            break
    return tuple(found)


def precompiled(
    names: Sequence[str], compiler: Compiler, flags: Sequence[str]
) -> Precompiled | None:
    """`names` compiled with `flags`; None when that does not pay yet, or they do not compile.

    Raises: MachineError when no sandbox works here.
    """
    key = store.key_of("precompiled", compiler.path, compiler.version, tuple(names), tuple(flags))
    folder = store.kind_folder("precompiled") / key
    with _making[key]:
        if not (folder / f"{NAME}.gch").is_file() and (
            not _pays(folder) or not _build(names, compiler, flags, folder)
        ):
            return None
    folder.touch()
    return Precompiled(folder, frozenset(names))


def _pays(folder: Path) -> bool:
    """Whether enough compiles have gone without; counts this one."""
    with open(folder.with_suffix(".uses"), "ab") as file:
        uses = file.tell()
        file.write(b".")
    return uses >= PAYS_AFTER


def _build(names: Sequence[str], compiler: Compiler, flags: Sequence[str], folder: Path) -> bool:
    header = "".join(f"#include <{name}>\n" for name in names).encode()
    root = new_root()
    box = Box(
        root=root,
        read_only=compiler_mounts(compiler),
        files=((f"{root}{FOLDER_AT}/{NAME}", header),),
        cwd=f"{root}/box",
        box_bytes=512 * MIB,
    )
    limits = Limits(wall_s=BUILD_S, memory_bytes=4096 * MIB, file_bytes=512 * MIB)
    made = f"{root}/box/{NAME}.gch"
    # clang would look at the header's time of change, which is another for each sandbox.
    timeless = "-Xclang -fno-pch-timestamp" if compiler.is_clang else ""
    command = " ".join(flags)
    ran = run_script(
        f"{compiler.path} {command} {timeless} -x c++-header {root}{FOLDER_AT}/{NAME} -o {made}",
        (made,),
        box,
        limits,
    )
    if not ran.ok:
        return False
    building = Path(tempfile.mkdtemp(dir=folder.parent))
    building.chmod(0o755)  # read by the sandbox's user
    (building / NAME).write_bytes(header)
    (building / f"{NAME}.gch").write_bytes(ran.files[0])
    store.place(building, folder)
    return True
