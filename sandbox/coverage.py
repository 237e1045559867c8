"""Which lines and branches of a version's target, and of its new helpers, the inputs reach."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from perfbot.sandbox.baseline import Baseline
from perfbot.sandbox.inputs.bounded import least_int
from perfbot.sandbox.inputs.signature import Parameter
from perfbot.sandbox.languages.python import functions
from perfbot.sandbox.languages.python_guards import decided, declared
from perfbot.sandbox.outcome import Runner
from perfbot.sandbox.worker import ChildFailedError

TRACED_CPU_S = 5.0
"""A traced call may take this long; inputs that would take longer are not traced."""
SLOWDOWN = 200
"""Tracing each instruction makes a call about this many times slower."""
TOTAL_CPU_S = 4.0
CHECK_EVERY = 25
ONE_WAY = "a condition that always went one way"


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A line that never ran, or a condition that always went one way. `text` is the line's."""

    line: int
    text: str
    what: str


def uncovered(
    baseline: Baseline, source: str, inputs: Sequence[tuple[float, bytes]]
) -> list[Uncovered]:
    """What of `source` (a version of the target's file) the inputs do not reach.

    `inputs` are (seconds the original takes, encoded arguments). Raises: ChildFailedError.
    """
    spans = traced_spans(baseline, source)
    lines = source.splitlines()
    runner = Runner(
        baseline.project, baseline.target, source, hash_seed=baseline.oracle.hash_seeds[0],
        imports=baseline.imports, state=baseline.state,
    )  # fmt: skip
    with runner:
        failure = runner.start()
        if failure is not None or runner.worker is None:
            raise ChildFailedError("error", f"the import failed: {failure}")
        runner.worker.request("cover")
        ordered = sorted(inputs)
        quick = [item for item in ordered if item[0] * SLOWDOWN < TRACED_CPU_S]
        ordered = quick or ordered[:1]
        start = runner.worker.cpu_ns()
        for index, (_, data) in enumerate(ordered, 1):
            runner.worker.request("call", inputs=data, cpu_s=TRACED_CPU_S)
            last = index == len(ordered) or runner.worker.cpu_ns() - start > TOTAL_CPU_S * 1e9
            if index % CHECK_EVERY == 0 or last:
                found = missing(runner.worker.request("covered"), spans, lines)
                if last or not found:
                    return found
    return [Uncovered(spans[0][0], "", "no input to trace")]


def traced_spans(baseline: Baseline, source: str) -> list[tuple[int, int]]:
    """The line spans of the target and of the helpers that the original's file does not have."""
    target = baseline.target
    before = {item.qualname for item in functions(target.file_source)}
    return [
        (item.start_line, item.end_line)
        for item in functions(source)
        if item.qualname == target.qualname or item.qualname not in before
    ]


def missing(
    report: object, spans: Iterable[tuple[int, int]], lines: Sequence[str]
) -> list[Uncovered]:
    """The gaps in a tracer's report. A branch counts as covered if any of its copies is."""
    if not isinstance(report, dict):
        raise ChildFailedError("corrupt", "coverage that is not a report")

    def text(line: int) -> str:
        return lines[line - 1].strip() if 0 < line <= len(lines) else ""

    def inside(line: int) -> bool:
        return any(first <= line <= last for first, last in spans)

    run = set(report["lines"])
    found = [
        Uncovered(line, text(line), "never ran")
        for line in report["executable"]
        if line not in run and inside(line) and not is_header(text(line))
    ]
    for line, taken, passed in report["branches"]:
        if inside(line) and not (taken and passed):
            found.append(Uncovered(line, text(line), ONE_WAY))
    return found


def stated_ints(baseline: Baseline) -> tuple[list[Parameter], dict[str, int]]:
    """The parameters, and the least int that the docstring or the annotation allows each.

    `Annotated[int, Gt(0)]`, under whatever name, is written as `int`.
    """
    parameters, least = list(baseline.signature.parameters), dict(baseline.least_ints)
    for at, item in enumerate(parameters):
        first = least_int(baseline.bounded_shapes().get(item.name))
        if first is not None:
            parameters[at] = replace(item, annotation="int")
            least[item.name] = max(first, least.get(item.name, first))
    return parameters, least


def without_decided(
    baseline: Baseline,
    source: str,
    gaps: Iterable[Uncovered],
    unmet: Mapping[tuple[int, int], bool],
) -> tuple[list[Uncovered], list[Uncovered]]:
    """The gaps that an input might yet close, and those that no argument in the domain can.

    The second are guards whose answer the annotations, the docstring or the code itself gives, and
    those that are `unmet` (by line and column, with the way they usually go).
    """
    observed = [baseline.signature.bind(item) or {} for item in baseline.observed()]
    only_ints = [
        name for name in baseline.least_ints if all(type(it.get(name)) is int for it in observed)
    ]
    known = declared(*stated_ints(baseline), only_ints)
    found = decided(source, baseline.target.qualname, known, unmet)
    open_gaps: list[Uncovered] = []
    closed: list[Uncovered] = []
    left = found.conditions.copy()
    for gap in gaps:
        if gap.what == ONE_WAY and left[gap.line] > 0:
            left[gap.line] -= 1
            closed.append(gap)
        elif gap.line in found.dead:
            closed.append(gap)
        else:
            open_gaps.append(gap)
    return open_gaps, closed


def is_header(text: str) -> bool:
    return text.startswith(("def ", "async def ", "@", "class "))
