"""Compiling versions of one target, each with what makes it a library of the driver's."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from perfbot.sandbox.cpp.toolchain import HEADERS_AT, Built, compile_unit
from perfbot.sandbox.cpp.units import Command, Unit, Variant
from perfbot.sandbox.cpp.wrapper import WRAPPER, Hints, unit_for
from perfbot.sandbox.project import Project
from perfbot.sandbox.target import Target

COVERED = ("-DPERFBOT_COVERED",)
PROGRAM = ("-fvisibility=default", "-Wl,-Bsymbolic")
"""The library's own `main` is found by name, and is no one else's."""
_OLD = re.compile(r"-std=(c|gnu)\+\+(98|03|0x|11)")
"""Standards without what the driver's headers need."""
_REFUSED = re.compile(r"static assertion failed: perfbot: (.*)")
_TYPE = re.compile(r"perfbot_driver::Codec<([^\n]*), perfbot_driver::Form::unsupported>")
_OURS = (HEADERS_AT, WRAPPER)
ADVICE = (
    "Write into the workload file how the function is called, with types that can be passed: "
    'adapter = r"""\nint call(const std::vector<int>& values) { return target(values); }\n"""'
)


@dataclass(frozen=True, slots=True)
class Builder:
    """How versions of one target are compiled for one variant."""

    project: Project
    command: Command
    variant: Variant = Variant.PLAIN
    hints: Hints = field(default_factory=Hints)

    def build(self, target: Target, source: str) -> Built:
        """The library of a version; from the cache where it was compiled before.

        Raises: MachineError when a compiler or a sandbox is missing.
        """
        command = replace(self.command, flags=modern(self.command.flags))
        if command.flags != self.command.flags:
            alone = compile_unit(
                self.project, Unit(source, target.path), self.command, self.variant
            )
            if alone.library is None:
                return alone  # it asks for more than the project's own standard has
        unit = unit_for(target, source, self.hints)
        covered = COVERED if self.variant is Variant.COVERED else ()
        extra = (*covered, *(PROGRAM if self.hints.program else ()))
        return compile_unit(self.project, unit, command, self.variant, extra=extra)


def modern(flags: Sequence[str]) -> tuple[str, ...]:
    """The flags with C++14 where they ask for less, which changes next to nothing else."""
    return tuple(_OLD.sub(r"-std=\1++14", flag) for flag in flags)


def explained(built: Built) -> str:
    """Why a version has no library; where a type is at fault, which, and what helps."""
    kind = _TYPE.search(built.diagnostics)
    if kind is not None:
        return f"values of the type {kind[1]} cannot be passed\n{ADVICE}"
    refused = _REFUSED.search(built.diagnostics)
    if refused is not None:
        return f"{refused[1]}\n{ADVICE}"
    is_ours = any(part in built.reason for part in _OURS)
    return f"{built.reason}\n{ADVICE}" if is_ours else built.reason
