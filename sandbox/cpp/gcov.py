"""Which lines and branches of a C++ or C function never ran, as gcov counted them.

gcov also counts what the compiler made: landing pads of exceptions, destructors, guards of
statics. What a person calls a branch is one of a line with a condition, and no edge of a throw.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from perfbot.sandbox.cpp.gcov_conditions import Conditions, conditions_in
from perfbot.sandbox.cpp.inside import run_script, why
from perfbot.sandbox.errors import MachineError
from perfbot.sandbox.isolate.limits import Limits
from perfbot.sandbox.isolate.process import Box, new_root
from perfbot.sandbox.worker import ChildFailedError

NO_CODE = re.compile(r"\W*|(case\b.*|default\s*):\s*\{?")
LIMITS = Limits(wall_s=60.0)
NAME = "unit"
NEVER = "never ran"
ONE_WAY = "a condition that always went one way"
NO_CASE = "a way out of the switch that was never taken"


@dataclass(frozen=True, slots=True)
class Gap:
    """A line that never ran, or a condition that always went one way. `text` is the line's."""

    line: int
    text: str
    what: str


@dataclass(slots=True)
class _Counted:
    """A line of one function, all its instances together."""

    count: int = 0
    pairs: list[list[int]] = field(default_factory=list)
    """How often each way of each branch was taken, those of throws left out."""
    thrown: int = 0


def coverage_of(
    gcno: bytes, gcda: bytes, text: str, spans: Sequence[tuple[int, int]], *, path: str,
    gcov: str = "/usr/bin/gcov",
) -> list[Gap]:  # fmt: skip
    """The gaps in the line spans (1-based, both ends included) of a version's file.

    `text` is what was compiled, up to the wrapper or with it; `path` is the file's name in the
    project; `gcno` comes from its build (`-O0 --coverage -fprofile-abs-path
    -fprofile-update=single`), `gcda` from the run. Instances of a template are taken together.
    Empty `gcda` means that nothing ran.

    Raises: MachineError when gcov or a sandbox is missing here, ChildFailedError when the two
    files do not belong together.
    """
    report = _report(gcno, gcda, gcov)
    conditions = conditions_in(text, spans)
    lines = text.splitlines()
    found = set()
    for (line, _), counted in _counted(report, path, spans).items():
        shown = lines[line - 1].strip() if line <= len(lines) else ""
        for what in _gaps(line, shown, counted, conditions):
            found.add((line, shown, what))
    return [Gap(*item) for item in sorted(found)]


def gcov_of(compiler: str) -> str:
    """The gcov of a compiler at an absolute path: `/usr/bin/gcov-12` for `/usr/bin/g++-12`."""
    folder, _, name = compiler.rpartition("/")
    for known in ("g++", "gcc", "c++", "cc"):
        if known in name:
            return f"{folder}/{name.replace(known, 'gcov')}"
    return f"{folder}/gcov"


def _report(gcno: bytes, gcda: bytes, gcov: str) -> Mapping[str, object]:
    root = new_root()
    files = [(f"{root}/box/in/{NAME}.gcno", gcno)]
    files += [(f"{root}/box/in/{NAME}.gcda", gcda)] if gcda else []
    box = Box(root=root, files=tuple(files))
    made = f"{root}/box/report.json"
    asked = f"--json-format --stdout --branch-probabilities {root}/box/in/{NAME}.gcno"
    ran = run_script(f"{gcov} {asked} > {made}", (made,), box, LIMITS)
    if ran.exit_status == 127:
        raise MachineError(f"there is no {gcov} on this machine", "apt-get install gcc")
    if not ran.ok:
        raise ChildFailedError("error", why(ran, "gcov", LIMITS))
    if "mismatch" in ran.said or "cannot open notes" in ran.said or "not a gcov" in ran.said:
        raise ChildFailedError("corrupt", f"counts that are not of this build: {ran.said[:200]}")
    try:
        report = json.loads(ran.files[0])
    except ValueError as error:
        raise ChildFailedError("corrupt", "coverage that is not a report") from error
    if not isinstance(report, dict):
        raise ChildFailedError("corrupt", "coverage that is not a report")
    return report


def _counted(
    report: Mapping[str, object], path: str, spans: Sequence[tuple[int, int]]
) -> dict[tuple[int, object], _Counted]:
    """Lines by number and the place of their function: a lambda's line may be another's too."""
    instances: dict[tuple[int, object], list[_Counted]] = defaultdict(list)
    for file in _items(report, "files"):
        name = str(file.get("file"))
        if name != path and not name.endswith("/" + path):
            continue
        places = {
            item["name"]: (item["start_line"], item["start_column"])
            for item in _items(file, "functions")
        }
        for line in _items(file, "lines"):
            number = int(str(line["line_number"]))
            if any(first <= number <= last for first, last in spans):
                place = places.get(line.get("function_name"))
                instances[number, place].append(_one(line))
    return {key: _together(items) for key, items in instances.items()}


def _items(report: Mapping[str, object], name: str) -> list[dict[str, object]]:
    items = report.get(name)
    return items if isinstance(items, list) else []


def _one(line: Mapping[str, object]) -> _Counted:
    """A line of one instance. A call that may throw has two edges, of which one is a throw."""
    counted = _Counted(count=int(str(line["count"])))
    ways: list[int] = []
    for branch in _items(line, "branches"):
        taken = int(str(branch["count"]))
        if branch.get("throw"):
            counted.thrown += taken
            if ways:
                ways.pop()
        else:
            ways.append(taken)
    counted.pairs = [ways[at : at + 2] for at in range(0, len(ways), 2)]
    return counted


def _together(items: Sequence[_Counted]) -> _Counted:
    """All instances as one. Where their branches differ, those of the most covered count."""
    alike = all([len(p) for p in item.pairs] == [len(p) for p in items[0].pairs] for item in items)
    if alike:
        pairs = [
            [sum(ways) for ways in zip(*same, strict=True)]
            for same in zip(*(item.pairs for item in items), strict=True)
        ]
    else:
        pairs = min((item.pairs for item in items if item.count), key=_open, default=items[0].pairs)
    thrown = sum(item.thrown for item in items)
    return _Counted(sum(item.count for item in items), pairs, thrown)


def _open(pairs: Sequence[Sequence[int]]) -> int:
    """How many pairs went one way only. One that never ran has a reason that is seen before it."""
    return sum(1 for ways in pairs if 0 in ways and any(ways))


def _gaps(line: int, shown: str, counted: _Counted, conditions: Conditions) -> Iterator[str]:
    if NO_CODE.fullmatch(shown):
        return  # what a destructor does at a brace is the compiler's
    if counted.count == 0:
        yield NEVER
        return
    if line in conditions.handlers and not counted.thrown:
        yield NEVER
    if line in conditions.switches:
        ways = [taken for pair in counted.pairs for taken in pair]
        unused = ways.count(0) - conditions.switches[line]
        if unused > 0:
            yield NO_CASE
        return
    expected = conditions.lines.get(line)
    if expected is None:
        return
    made = len(counted.pairs) - expected if line in conditions.made else 0
    if _open(counted.pairs) > max(0, made):
        yield ONE_WAY
