"""libFuzzer's engine, run in a sandbox on two versions of a target: what it proposes, and why not.

clang instruments both versions, so that the engine sees which code they run and what they compare.
Source: LLVM's documentation, "libFuzzer", options and tracing of data flow.
"""

import functools
import math
import shlex
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from perfbot.sandbox.cpp.compilers import Compiler, find_compiler
from perfbot.sandbox.cpp.inside import run_script, why
from perfbot.sandbox.cpp.program import compile_program
from perfbot.sandbox.cpp.units import Variant
from perfbot.sandbox.cpp.zygote import PROGRAM_AT, SOURCES
from perfbot.sandbox.errors import MachineError
from perfbot.sandbox.isolate.limits import MIB, Limits
from perfbot.sandbox.isolate.process import Box, new_root

NEWEST, OLDEST = 24, 14
"""Versions of clang that Debian and its kin install beside each other as `clang++-NN`."""
FOLDER = SOURCES / "search"
SEARCH_AT = "/perfbot/search"
LARGEST_BYTES = 1 << 14
"""Encoded arguments above this size are not made: small ones show most bugs, and quickly."""
CALL_S = 2
"""A call that takes longer ends the search, with its arguments as the proposal."""
OVERTIME_S = 20.0
MEMORY_BYTES = 2048 * MIB
OTHER_MAIN = ("driver.cpp", "count.cpp")
"""Of the driver: the engine has a `main` of its own."""
MOST_FILES = 200
_HAND_BACK = (
    f"ls -rS kept | head -n {MOST_FILES} | while read -r name; do stat -c %s kept/$name; "
    "cat kept/$name; done > all"
)
"""The smallest files, one behind the other, each after its size."""
UNCOUNTED = (
    "-fno-sanitize-coverage=inline-8bit-counters,indirect-calls,trace-cmp,pc-table,stack-depth",
)
"""Of perfbot's own code: the engine is to follow the versions alone."""
_STATS = "stat::number_of_executed_units:"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two instrumented libraries."""

    original: bytes
    edit: bytes


@dataclass(frozen=True, slots=True)
class Searched:
    """How one search ended."""

    proposal: bytes | None
    """Encoded arguments on which the versions seem to differ; whatever the edit likes to say."""
    calls: int
    """As the engine counts them; 0 where it was cut short."""
    corpus: tuple[bytes, ...] = ()
    """Few encoded arguments that together run all the code that any call of the search ran."""
    failure: str = ""
    """Why it ended before its time, other than by a proposal."""


def require_installed() -> Compiler:
    """The clang++ that has libFuzzer.

    Raises: MachineError where there is none.
    """
    names = ("clang++", *(f"clang++-{number}" for number in range(NEWEST, OLDEST - 1, -1)))
    found = next((name for name in names if shutil.which(name)), None)
    if found is None:
        raise MachineError(
            "--libfuzzer needs clang, which is not installed",
            "apt-get install clang libclang-rt-dev (before Debian 13: libclang-rt-14-dev)",
        )
    compiler = find_compiler(found)
    program(compiler)
    return compiler


@functools.cache
def program(compiler: Compiler) -> Path:
    """The engine with perfbot's comparison, built once.

    Raises: MachineError where clang cannot link libFuzzer.
    """
    sources = [path for path in sorted(SOURCES.glob("*.cpp")) if path.name not in OTHER_MAIN]
    try:
        return compile_program(
            [*sources, *sorted(FOLDER.glob("*.cpp"))],
            Variant.PLAIN,
            compiler=compiler,
            link=("-fsanitize=fuzzer", *UNCOUNTED, "-rdynamic", "-ldl", "-pthread"),
        )
    except MachineError as error:
        raise MachineError(
            f"--libfuzzer does not work with {compiler.path}: {error.happened}",
            "apt-get install libclang-rt-dev (before Debian 13: libclang-rt-14-dev)",
        ) from error


def search(pair: Pair, seeds: Sequence[bytes], seconds: float, number: int) -> Searched:
    """Search for at most `seconds`, from `seeds`; `number` seeds the engine's draws.

    Raises: MachineError when no sandbox works here.
    """
    root = new_root()
    folder = root + SEARCH_AT
    seeded = [(f"{folder}/seeds/{at}", data) for at, data in enumerate(seeds)]
    proposal = f"{root}/box/proposal"
    box = Box(
        root=root,
        read_only=((program(require_installed()), root + PROGRAM_AT),),
        files=((f"{folder}/original.so", pair.original), (f"{folder}/edit.so", pair.edit),
               *seeded),
        env=(
            ("PERFBOT_ORIGINAL", f"{folder}/original.so"),
            ("PERFBOT_EDIT", f"{folder}/edit.so"),
            ("PERFBOT_PROPOSAL", proposal),
        ),
        cwd=f"{root}/box",
    )  # fmt: skip
    engine = [
        root + PROGRAM_AT, f"-timeout={CALL_S}", f"-max_len={LARGEST_BYTES}", "-len_control=0",
        f"-rss_limit_mb={MEMORY_BYTES // MIB // 2}", "-detect_leaks=0", "-verbosity=0",
        f"-exact_artifact_path={proposal}",
    ]  # fmt: skip
    words = [
        *engine, f"-seed={number}", f"-max_total_time={max(math.ceil(seconds), 1)}",
        "-use_value_profile=1", "-print_final_stats=1", "corpus", f"{folder}/seeds",
    ]  # fmt: skip
    limits = Limits(wall_s=seconds + OVERTIME_S, memory_bytes=MEMORY_BYTES)
    merge = shlex.join([*engine, "-merge=1", "kept", "corpus"])
    script = (
        f"mkdir corpus kept; {shlex.join(words)}; status=$?; {merge} > /dev/null 2>&1; "
        f"{_HAND_BACK}; exit $status"
    )
    ran = run_script(script, (proposal, f"{root}/box/all"), box, limits, always=True)
    calls = _calls_in(ran.said)
    found, listed = ran.files if ran.files else (b"", b"")
    corpus = tuple(_files_in(listed))
    if found:
        return Searched(found, calls, corpus)
    failure = "" if ran.ok else why(ran, "the search", limits)
    if ran.ok and not calls:
        failure = "the search broke off"
    return Searched(None, calls, corpus, failure)


def _files_in(listed: bytes) -> Iterator[bytes]:
    """The files that `_HAND_BACK` wrote one behind the other, each after its size."""
    at = 0
    while (end := listed.find(b"\n", at)) >= 0 and listed[at:end].isdigit():
        size = int(listed[at:end][:9])
        yield listed[end + 1 : end + 1 + size]
        at = end + 1 + size


def _calls_in(said: str) -> int:
    for line in said.splitlines():
        if line.startswith(_STATS):
            number = line.removeprefix(_STATS).strip()
            return int(number) if number.isdecimal() and len(number) < 16 else 0
    return 0
