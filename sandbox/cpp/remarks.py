"""What the compiler says it could not do with a version's loops: `-fopt-info` of GCC."""

import re
from collections.abc import Iterator
from dataclasses import replace

from perfbot.sandbox.cpp.builder import modern
from perfbot.sandbox.cpp.toolchain import compile_unit
from perfbot.sandbox.cpp.units import Unit, Variant
from perfbot.sandbox.cpp.versions import command_of
from perfbot.sandbox.project import Project
from perfbot.sandbox.target import Target

ASKED = ("-fopt-info-vec-missed",)
MOST = 8
LOOP = "couldn't vectorize loop"
REMARK = re.compile(r"^[^\s:]*?([^\s:/]+):(\d+):\d+: missed: +(.*)$")


def remarks(project: Project, version: Target) -> list[str]:
    """`why: text of the loop's line` for the loops of the target that stay scalar, as the project
    compiles it; none where it does not compile, or where the compiler is none of GCC's.

    Raises: BaselineError, MachineError as `compile_unit`.
    """
    command = command_of(project, version)
    command = replace(command, flags=modern(command.flags))
    unit = Unit(version.file_source, version.path)
    built = compile_unit(project, unit, command, Variant.PLAIN, extra=ASKED)
    said = dict.fromkeys(missed(built.diagnostics, version))
    return list(said)[:MOST]


def missed(diagnostics: str, version: Target) -> Iterator[str]:
    """The remarks on the target's lines.

    GCC names a loop first, and then, with the place in it, what stood in the way.
    """
    texts = version.file_source.splitlines()
    name = version.path.rpartition("/")[2]
    loop = ""
    for line in diagnostics.splitlines():
        found = REMARK.match(line)
        if found is None:
            continue
        file, number, remark = found[1], int(found[2]), found[3]
        if remark.startswith(LOOP):
            own = file == name and version.start_line <= number <= version.end_line
            loop = texts[number - 1].strip() if own else ""
        elif loop:
            reason = remark.removeprefix("not vectorized: ").strip()
            yield f"`{loop}` is not vectorised: {reason}"
            loop = ""
