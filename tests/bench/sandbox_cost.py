"""What the sandbox costs: a start, a candidate, and work inside, as ratios to the same thing bare.

    python tests/bench/sandbox_cost.py [--runs 20] [--only start] [--sandbox podman]

Each row compares two ways of doing one thing, in turns and in changing order on one core, so that
what else the machine does hits both. A ratio is the median over these pairs, with the range of
its middle half. Work inside is timed inside, by the same program that is timed bare.
"""

import argparse
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from perfbot.sandbox.isolate.choice import AUTO, CHOICES, choose
from perfbot.sandbox.isolate.process import (
    Box,
    Ended,
    Limits,
    describe,
    interpreter_mounts,
    new_root,
    run,
)
from perfbot.sandbox.project import Project
from perfbot.sandbox.target import Target
from perfbot.sandbox.worker import Zygote, forked

PYTHON = Path(sys.executable)
LIMITS = Limits(wall_s=120, memory_bytes=1 << 30, open_files=4096)
Seconds = Callable[[], float]

# Each prints how many seconds its work took; FOLDER is where it may write.
WORK = {
    "CPU: a loop": """
total = 0
for number in range(2_000_000): total += number * number % 7
""",
    "fork: 200 processes": """
for _ in range(200): os.waitpid(os.fork() or os._exit(0), 0)
""",
    "exec: 40 programs": """
for _ in range(40): os.waitpid(os.posix_spawn("/usr/bin/true", ["true"], {}), 0)
""",
    "mmap: 500 x 1 MiB, touched": """
for _ in range(500):
    with mmap.mmap(-1, 1 << 20) as memory:
        for at in range(0, 1 << 20, 4096): memory[at] = 1
""",
    "files: 5,000 made, read, removed": """
for number in range(5_000):
    path = f"{FOLDER}/{number}"
    with open(path, "wb") as file: file.write(b"x" * 1000)
    os.stat(path)
    with open(path, "rb") as file: file.read()
for number in range(5_000): os.unlink(f"{FOLDER}/{number}")
""",
}
PROGRAM = """
import mmap, os, sys, time
FOLDER = sys.argv[1]
def work():
{work}
work()
started = time.perf_counter()
work()
print(time.perf_counter() - started)
"""


@dataclass(frozen=True, slots=True)
class Row:
    """Two ways of doing one thing; the ratio is that of `first` to `second`."""

    name: str
    first: Seconds
    second: Seconds


def timed(work: Callable[..., object], *arguments: object) -> Seconds:
    """How long `work` takes, as seen from here."""

    def seconds() -> float:
        started = time.perf_counter()
        work(*arguments)
        return time.perf_counter() - started

    return seconds


def told(work: Callable[..., str], *arguments: str) -> Seconds:
    """How long a program says that its work took."""
    return lambda: float(work(*arguments))


def box() -> Box:
    """A Box as a candidate gets it."""
    root = new_root()
    return Box(read_only=interpreter_mounts(PYTHON), root=root, cwd=f"{root}/box")


def inside(*command: str) -> str:
    """Run a command in the sandbox; its output."""
    finished = run(command, box=box(), limits=LIMITS)
    if (finished.ended, finished.returncode) != (Ended.EXITED, 0):
        raise SystemExit(f"{command[0]} failed inside: {finished.stderr.decode()[-500:]}")
    return finished.stdout.decode()


def bare(*command: str) -> str:
    """Run a command as a plain child process; its output."""
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def starts() -> list[Row]:
    """Starts of a program, cold, inside and bare."""
    programs = {
        "start of true": ("/usr/bin/true",),
        "start of python": (str(PYTHON), "-I", "-S", "-c", "pass"),
    }
    return [
        Row(f"{name}: inside / bare", timed(inside, *command), timed(bare, *command))
        for name, command in programs.items()
    ]


def candidates(folder: Path, zygotes: "dict[str, Zygote]") -> list[Row]:
    """A candidate ready to be called: forked from a zygote, or by a cold start inside."""
    rows = []
    for name, imports in (("imports nothing", ()), ("imports numpy", ("numpy",))):
        source = "".join(f"import {item}\n" for item in imports) + "def fn():\n    return 1\n"
        (folder / "module.py").write_text(source)
        target = target_of(folder, source)
        zygotes[name] = Zygote(Project(root=folder, python=PYTHON), imports=imports)
        rows.append(
            Row(
                f"candidate, {name}: zygote / cold",
                timed(load, zygotes[name], target, source),
                timed(inside, str(PYTHON), "-c", source),
            )
        )
    return rows


def load(zygote: Zygote, target: Target, source: str) -> None:
    """Fork a worker and load one version of the target in it."""
    with forked(zygote.channel) as worker:
        failure = worker.load(target, source)["failure"]
    if failure:
        raise SystemExit(f"the candidate did not load: {failure}")


def target_of(folder: Path, source: str) -> Target:
    """The function `fn` of module.py."""
    return Target(
        root=folder,
        path="module.py",
        qualname="fn",
        module="module",
        import_root=".",
        file_source=source,
        start_byte=0,
        end_byte=len(source.encode()),
        start_line=1,
        end_line=source.count("\n"),
        kind="function",
        is_async=False,
        is_generator=False,
    )


def steady_work(disk: Path, memory: Path) -> list[Row]:
    """Work that goes on inside for a while; that with files in memory and on disk."""
    rows = []
    for name, work in WORK.items():
        code = PROGRAM.format(work="\n".join(f"    {line}" for line in work.strip().splitlines()))
        places = {"memory": memory, "disk": disk} if "FOLDER" in work else {"": disk}
        for place, folder in places.items():
            rows.append(
                Row(
                    f"{name}: inside / bare{place and f', {place}'}",
                    told(inside, *program(code, ".")),
                    told(bare, *program(code, str(folder))),
                )
            )
    return rows


def program(code: str, folder: str) -> tuple[str, ...]:
    """The command that runs one of the programs; inside, its own folder is a writable one."""
    return (str(PYTHON), "-I", "-S", "-c", code, folder)


def compare(row: Row, runs: int, draw: random.Random) -> str:
    """A line of the table: both times, their ratio, and how far the ratios lie apart."""
    row.first()
    row.second()  # what is cold is cold once
    pairs = []
    for _ in range(runs):
        if draw.random() < 0.5:
            first = row.first()
            second = row.second()
        else:
            second = row.second()
            first = row.first()
        pairs.append((first, second))
    ratios = [first / second for first, second in pairs]
    low, _, high = statistics.quantiles(ratios, n=4)
    times = [statistics.median(column) * 1e3 for column in zip(*pairs, strict=True)]
    return (
        f"{row.name:58}{times[0]:>9.1f}{times[1]:>9.1f}"
        f"{statistics.median(ratios):>8.2f}  [{low:.2f}, {high:.2f}]"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=20, help="pairs per row")
    parser.add_argument("--only", default="", help="rows whose name contains this")
    parser.add_argument("--sandbox", choices=CHOICES[:-1], default=AUTO)
    options = parser.parse_args()
    choose(options.sandbox)
    found = describe()
    print(f"{found['backend']}, {found['mode']} mode, {found['accounting']}; {options.runs} pairs")
    print(f"{'':58}{'ms':>9}{'ms':>9}{'ratio':>8}  middle half")
    zygotes: dict[str, Zygote] = {}
    with (
        tempfile.TemporaryDirectory(dir=Path.cwd()) as disk,
        tempfile.TemporaryDirectory(dir="/dev/shm") as memory,
        tempfile.TemporaryDirectory() as folder,
    ):
        try:
            rows = [*starts(), *candidates(Path(folder), zygotes)]
            rows += steady_work(Path(disk), Path(memory))
            for row in rows:
                if options.only in row.name:
                    print(compare(row, options.runs, random.Random(row.name)), flush=True)
        finally:
            for zygote in zygotes.values():
                zygote.close()


if __name__ == "__main__":
    main()
