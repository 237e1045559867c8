"""The Baseline: all that is the same for every edit of one target, found out once.

Its tests' results, the calls they make, the corpus of inputs with the original's outcomes, the
module's data, and how strong those inputs are (mutants). DESIGN section 5, last paragraph.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from perfbot.sandbox.axes import Axes, Ranks, ranks_of
from perfbot.sandbox.corpus import SWEEPS, grow_corpus
from perfbot.sandbox.drivers.unwire import decode
from perfbot.sandbox.drivers.values import WireError
from perfbot.sandbox.drivers.wire import encode
from perfbot.sandbox.errors import BaselineError, UsageError
from perfbot.sandbox.exploration import Source, arguments_of
from perfbot.sandbox.inputs.alike import takes_standard_input
from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.scalars import Shape
from perfbot.sandbox.inputs.scope import Scope
from perfbot.sandbox.inputs.signature import Signature
from perfbot.sandbox.inputs.stated import below
from perfbot.sandbox.inputs.strategy import bounded_shapes
from perfbot.sandbox.inputs.within import arguments_within
from perfbot.sandbox.language import language_of
from perfbot.sandbox.oracle import Expected, Oracle
from perfbot.sandbox.patience import Patience
from perfbot.sandbox.project import Project
from perfbot.sandbox.reach import Reach
from perfbot.sandbox.settings import Settings
from perfbot.sandbox.suite import SUITE_S, SuiteRun
from perfbot.sandbox.target import Target
from perfbot.sandbox.workload import WorkloadFile, WorkloadProcess, named_cases

if TYPE_CHECKING:
    from perfbot.sandbox.coverage import Uncovered
    from perfbot.sandbox.strength import Strength
    from perfbot.sandbox.timing_cases import Timing

CASE_CPU_S = 20.0
NO_TESTS = 5
"""pytest's exit code for "no tests collected"."""
OBSERVED = 60
OBSERVED_BYTES = 1 << 20
"""Named inputs are read, smallest first, until so much was: enough to generate more like them."""
UNSTABLE_SHARE = 0.5


@dataclass(slots=True)
class Baseline:
    """The original of one target, ready to judge edits against."""

    project: Project
    target: Target
    settings: Settings
    oracle: Oracle
    signature: Signature
    workload: WorkloadProcess | None
    suite: SuiteRun
    imports: tuple[str, ...]
    """Modules outside the project that the original loads: shared by all versions."""
    state: tuple[str, ...]
    """Names of the module's data, watched for changes."""
    load_s: float
    cases: list[tuple[str, Expected]] = field(default_factory=list)
    """Named inputs: the workload's cases, captured calls, doctests' calls."""
    corpus: list[Expected] = field(default_factory=list)
    """Generated inputs on which the original gives a comparable answer."""
    discarded: dict[str, int] = field(default_factory=dict)
    """How many generated inputs were not comparable, by reason."""
    unstable: Expected | None = None
    """The first generated input on which two runs of the original differ, to show what differs."""
    size_limit: int = SWEEPS[0][0]
    """The largest container that the original answers in time."""
    reach: Reach = field(default_factory=Reach)
    """The numbers that it answers in time."""
    axes: Axes | None = None
    """What is known of arrays with numbers of axes that no caller passes; from the first need."""
    patience: Patience = field(default_factory=Patience)
    """How long the original is waited for on the next generated input."""
    least_ints: dict[str, int] = field(default_factory=dict)
    """The least int that the docstring allows, of the parameters of which it says so."""
    bounded: dict[str, Shape] | None = None
    """The shapes of the parameters whose annotations bound their values; read at the first need."""
    seen: list[Arguments] | None = None
    """The named inputs' arguments, decoded at the first need."""
    names: Scope | None = None
    """What the names in annotations stand for; read at the first need."""
    measured_strength: "Strength | None" = None
    gaps: "list[Uncovered] | None" = None
    """What of the original its inputs do not reach; found out at the first need."""
    timing: "Timing | None" = None
    """What is timed; found out at the first need."""
    worth_keeping: bool = False
    """Something was found out that the copy on disk, if any, does not have."""

    def replayed(self) -> list[tuple[str, Expected]]:
        """The named inputs on which edits can be judged."""
        return [(name, item) for name, item in self.cases if item.discarded is None]

    def observed(self) -> list[Arguments]:
        """The named inputs' arguments, smallest first, for generating more like them.

        Of many (a property test of the project has a hundred), an evenly spaced sample.
        """
        if self.seen is None:
            self.seen = []
            bytes_read = 0
            ranked = sorted(self.cases, key=lambda pair: len(pair[1].inputs))
            stride = max(1.0, len(ranked) / OBSERVED)
            for at in range(min(len(ranked), OBSERVED)):
                item = ranked[int(at * stride)][1]
                if bytes_read > OBSERVED_BYTES:
                    break
                bytes_read += len(item.inputs)
                try:
                    self.seen.append(arguments_of(item.inputs))
                except (WireError, ValueError):
                    continue  # a call that only the sandbox can read
        return self.seen

    def source(self, max_size: int, literals: tuple[object, ...]) -> Source:
        """What inputs of the target are drawn from."""
        observed = tuple(self.observed())
        return Source(
            self.signature, observed, self.scope(), max_size, self.reach.int_limit, literals
        )

    def scope(self) -> Scope:
        """What the names in the target's annotations stand for."""
        if self.names is None:
            self.names = language_of(self.target).scope(self.project, self.target)
        return self.names

    def bounded_shapes(self) -> dict[str, Shape]:
        """The shapes of the parameters whose annotations bound their values."""
        if self.bounded is None:
            self.bounded = bounded_shapes(self.signature, self.observed(), self.scope())
        return self.bounded

    def beyond_edge(self, inputs: bytes) -> bool:
        """Whether a number is like one on which the original ran out of time, or a value is
        outside what the docstring or the annotations allow."""
        if self.reach.excludes(inputs):
            return True
        floors, shapes = self.least_ints, self.bounded_shapes()
        if not floors and not shapes:
            return False
        arguments = arguments_of(inputs)
        too_small = bool(floors and below(floors, self.signature, arguments))
        return too_small or not arguments_within(shapes, self.signature, arguments)

    def axes_met(self) -> Axes:
        """What is known of arrays with numbers of axes that no caller passes.

        Nothing where a workload's own strategy draws the inputs: it knows what is meant.
        """
        if self.axes is None:
            chosen = self.workload is not None and "strategy" in self.workload.has
            bound = [] if chosen else [self.signature.bind(item) for item in self.observed()]
            self.axes = Axes(frozenset(ranks_of(item) for item in bound if item is not None))
        return self.axes

    def ranks(self, inputs: bytes) -> Ranks:
        """The numbers of axes of an input's arrays; nothing where no caller passes arrays."""
        if not self.axes_met().matter:
            return ()
        bound = self.signature.bind(arguments_of(inputs))
        return () if bound is None else ranks_of(bound)

    def strength(self) -> "Strength":
        """How well the inputs tell mutants from the original; found out at the first need."""
        if self.measured_strength is None:
            self.measured_strength = language_of(self.target).strength(self)
            self.worth_keeping = True
        return self.measured_strength

    def close(self) -> None:
        """End the original's processes."""
        self.oracle.close()
        if self.workload is not None:
            self.workload.close()


def prepare(
    project: Project, target: Target, settings: Settings, workload_file: WorkloadFile | None
) -> Baseline:
    """Find out all that is the same for every edit of `target`.

    Raises: BaselineError when the original does not import, its tests fail, it has no inputs to
    judge by, or its answers cannot be compared; UsageError for a workload that does not load.
    """
    language = language_of(target)
    workload = WorkloadProcess(workload_file, project, target) if workload_file else None
    project = adapted(project, workload)
    oracle = language.open_oracle(project, target)
    try:
        oracle.start()
        loaded = oracle.learn_module()
        suite = passing_suite(project, target)
        baseline = Baseline(
            project=project,
            target=target,
            settings=settings,
            oracle=oracle,
            signature=language.signature(project, target),
            workload=workload,
            suite=suite,
            imports=loaded.imports,
            state=loaded.state,
            load_s=loaded.seconds,
        )
        gather_cases(baseline)
        grow_corpus(baseline)
        require_comparable(baseline)
    except BaseException:
        oracle.close()
        if workload is not None:
            workload.close()
        raise
    return baseline


def adapted(project: Project, workload: WorkloadProcess | None) -> Project:
    """The project with what the workload says of how the target is called."""
    return project if workload is None else replace(project, adapter=workload.adapter())


def passing_suite(project: Project, target: Target) -> SuiteRun:
    """The suite's run with calls captured. Raises: BaselineError unless all of it passes."""
    suite = language_of(target).run_suite(project, target, capture=True, wall_s=SUITE_S)
    failed = [name for name, outcome in suite.tests.items() if outcome == "failed"]
    if failed:
        raise BaselineError(
            f"the project's tests fail before any edit: {', '.join(failed[:5])}"
            + (f" and {len(failed) - 5} more" if len(failed) > 5 else ""),
            f"mend them, or choose passing ones with --tests 'pytest …'\n{suite.output[-1500:]}",
        )
    if suite.tests and not suite.ended:
        raise BaselineError(
            "the project's tests do not come to an end before any edit",
            f"run them by hand, or choose others with --tests\n{suite.output[-1500:]}",
        )
    if not suite.tests and suite.exit_status not in (0, NO_TESTS):
        raise BaselineError(
            f"the project's tests cannot run (status {suite.exit_status})",
            f"check --tests and --python\n{suite.output[-1500:]}",
        )
    return suite


def gather_cases(baseline: Baseline) -> None:
    """The workload's cases, the calls captured from the suite, and those of doctests."""
    target = baseline.target
    named: list[tuple[str, bytes]] = []
    if baseline.workload is not None:
        named += named_cases(baseline.workload.cases(), "case")
        require_callable(baseline, named)
    named += named_cases(baseline.suite.calls, "call")
    documented = language_of(target).documented_calls(baseline.project, target)
    named += named_cases(documented, "doctest call")
    seen = set()
    for name, inputs in named:
        if inputs not in seen:
            seen.add(inputs)
            expected = baseline.oracle.ask(inputs, cpu_s=CASE_CPU_S)
            baseline.cases.append((name, baseline.oracle.confirm(expected)))
    require_sendable(baseline)
    require_equivalent(baseline)


def require_sendable(baseline: Baseline) -> None:
    """Raises: UsageError where no case of the workload can be passed to the target."""
    cases = [item for name, item in baseline.cases if name.startswith("case ")]
    if baseline.workload is None or not cases:
        return
    if all(item.discarded == "unsendable" for item in cases):
        why = cases[0].outcomes[0].body
        raise UsageError(
            f"no case of {baseline.workload.file.path} can be passed to "
            f"{baseline.target.qualname}, or its answer compared: {reason_in(why)}",
            "mend `cases`, or let it yield plain data",
        )


def reason_in(body: bytes) -> str:
    """The text that stands for an answer that there is none of."""
    try:
        return str(decode(body))
    except WireError:
        return body.decode(errors="replace")


def require_callable(baseline: Baseline, cases: list[tuple[str, bytes]]) -> None:
    """Raises: UsageError for a workload's case that the target cannot be called with."""
    assert baseline.workload is not None
    qualname = baseline.target.qualname
    for name, inputs in cases:
        if len(inputs) < OBSERVED_BYTES and baseline.signature.bind(arguments_of(inputs)) is None:
            raise UsageError(
                f"{qualname} cannot be called with {name} of {baseline.workload.file.path}",
                f"`cases` yields one tuple per call: all the arguments of {qualname}",
            )


def require_equivalent(baseline: Baseline) -> None:
    """Raises: UsageError where the workload's `equivalent` tells an answer from itself."""
    if baseline.workload is None:
        return
    for _, item in baseline.replayed():
        outcome = item.outcomes[0]
        parts = outcome.parts()
        if outcome.status == "return" and type(parts) is list:
            return baseline.workload.require_equivalent(encode(parts[0]), item.inputs)


def require_comparable(baseline: Baseline) -> None:
    """Raises: BaselineError where the original cannot be compared with anything."""
    items: Sequence[Expected] = [*(item for _, item in baseline.cases), *baseline.corpus]
    if not items and not baseline.discarded:
        raise BaselineError(
            f"nothing calls {baseline.target.qualname}: no test, no doctest, no workload, and its "
            "parameters are not annotated",
            "write a workload file with a `cases()` function and pass it with --workload FILE",
        )
    unstable = [item for item in items if item.discarded == "unstable"]
    count = len(unstable) + baseline.discarded.get("unstable", 0)
    total = len(items) + sum(baseline.discarded.values())
    if takes_standard_input(baseline.signature) and not unstable:
        count = 0  # what was generated may break a rule of the format that no example shows
    if count > UNSTABLE_SHARE * total:
        from perfbot.sandbox.comparison import difference

        shown = [*unstable, *([baseline.unstable] if baseline.unstable is not None else [])]
        which = [difference(*item.outcomes[:2]) for item in shown if len(item.outcomes) == 2]
        raise BaselineError(
            f"{baseline.target.qualname} is not deterministic: on {count} of {total} inputs two "
            f"runs of the original differ ({next(iter(which), 'the result') or 'the result'})",
            "name a deterministic target, or say in the workload's `equivalent` what may differ",
        )
    if not baseline.corpus and not baseline.replayed():
        reasons = ", ".join(f"{item.discarded}" for item in items[:5]) or str(baseline.discarded)
        raise BaselineError(
            f"no input of {baseline.target.qualname} can be compared ({reasons})",
            "pass inputs that plain data can describe with --workload FILE",
        )
