"""What a variant changes in the project's own flags; the rest stays as the project has it."""

import re
from collections.abc import Sequence

from perfbot.sandbox.cpp.compilers import Compiler
from perfbot.sandbox.cpp.units import Variant

_DROPPED = re.compile(
    # One file becomes one shared library, whatever the project makes of it.
    r"-c|-S|-E|-static|-shared|-pie|-no-pie|-fPIE|-fpie|-save-temps.*"
    # Optimisation across files needs all of them; its objects are no code yet.
    r"|-f(no-)?lto.*|-fwhole-program|-f(no-)?fat-lto-objects|-fuse-linker-plugin"
    # A warning decides nothing, and the wrapper's are not the project's.
    r"|-Werror.*|-pedantic-errors"
    # Debug information costs time and changes no code.
    r"|-g([0-3]|gdb.*|dwarf.*|z.*|split-dwarf|(no-)?record.*)?"
    # Instruments are the variant's business.
    r"|--coverage|-fprofile-.*|-ftest-coverage|-fsanitize.*|-fno-sanitize.*"
    # The wrapper catches exceptions and names their types.
    r"|-fno-exceptions|-fno-rtti"
)
_SPEED = re.compile(r"-O.*|-D_FORTIFY_SOURCE.*|-U_FORTIFY_SOURCE|-Wp,-D_FORTIFY_SOURCE.*")
"""Fortified functions hide from the sanitizers, and without optimisation they only warn."""

_OWN: dict[Variant, tuple[str, ...]] = {
    Variant.PLAIN: (),
    Variant.SANITIZED: (
        "-O1",
        "-g1",
        "-fno-omit-frame-pointer",
        "-fsanitize=address,undefined",
        "-fno-sanitize=float-divide-by-zero",  # IEEE 754 says what it is
        "-fno-sanitize-recover=all",
    ),
    Variant.THREADS: ("-O1", "-g1", "-fsanitize=thread"),
    Variant.COVERED: ("-O0", "--coverage", "-fprofile-abs-path", "-fprofile-update=single"),
    Variant.SEARCHED: ("-O1", "-fsanitize=fuzzer-no-link", "-DPERFBOT_SEARCHED"),
}


def compile_flags(flags: Sequence[str], variant: Variant, compiler: Compiler) -> tuple[str, ...]:
    """The project's `flags` for a file of a shared library in `variant`.

    An executable's functions do not expect to be replaced at run time, so in a library that
    stands for one they may not expect it either, or the compiler would inline less than in the
    project.
    """
    own = _OWN[variant]
    if compiler.is_clang:
        own = tuple(flag for flag in own if flag not in ("-fprofile-abs-path",))
    is_library = "-fPIC" in flags or "-fpic" in flags
    position = ("-fPIC",) if is_library else ("-fPIC", "-fno-semantic-interposition")
    errors = "-ferror-limit=5" if compiler.is_clang else "-fmax-errors=5"
    return (*kept(flags, variant), *own, *position, "-w", errors, "-fdiagnostics-color=never")


def kept(flags: Sequence[str], variant: Variant) -> tuple[str, ...]:
    """Those of the project's flags that a variant keeps."""
    return tuple(
        flag
        for flag in flags
        if not _DROPPED.fullmatch(flag) and (variant is Variant.PLAIN or not _SPEED.fullmatch(flag))
    )


def link_flags(variant: Variant) -> tuple[str, ...]:
    """What the linker must know of a variant."""
    return tuple(f for f in _OWN[variant] if f.startswith(("-fsanitize=", "--coverage")))
