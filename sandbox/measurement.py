"""What a comparison of two versions of a target found: paired samples and their bound."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Sample:
    """One ABBA pair: nanoseconds per batch for the original (a) and the edit (b), at least 1.

    What a batch of no calls takes is taken off already.
    """

    round: int
    a_cpu_ns: int
    b_cpu_ns: int
    a_wall_ns: int
    b_wall_ns: int
    phase: str = "screen"
    """screen, first, repeat, or `case:` and the case's name."""
    sweeps: int = 1
    """How often the batch called each case (in a case's own phase: that case)."""


@dataclass(frozen=True, slots=True)
class Speedup:
    """A ratio of times, original over edit: 2.0 is twice as fast; [low, high] at `confidence`."""

    estimate: float
    low: float
    high: float
    confidence: float
    pairs: int
    clock: str
    """cpu or wall."""


@dataclass(frozen=True, slots=True)
class CaseSpeedup:
    """One workload case by itself. `original_ns` is nanoseconds per call of the original."""

    case: str
    original_ns: float
    speedup: Speedup
    slower: bool = False
    """Surely slower with the edit, and by enough to matter."""


@dataclass(frozen=True, slots=True)
class Energy:
    """Joules per sweep (one call of each case); `measured` is False for an estimate."""

    original_j: float
    edit_j: float
    source: str
    scope: str
    measured: bool
    low: float | None = None
    high: float | None = None
    """Bounds of original over edit, at the measurement's confidence; None for an estimate."""


@dataclass(frozen=True, slots=True)
class Instructions:
    """How many instructions one call of each of `cases` cases takes; recorded, never judged by."""

    original: int | None
    """None where nothing was counted."""
    edit: int | None
    cases: int
    tool: str
    skipped: str = ""
    """Why nothing was counted; empty where something was."""

    @property
    def share(self) -> float | None:
        """Those of the edit over those of the original: 0.5 where it needs half."""
        if not self.original or self.edit is None:
            return None
        return self.edit / self.original


@dataclass(frozen=True, slots=True)
class WrongAnswer:
    """A timed call of the edit whose outcome was not the original's; both as encoded bytes."""

    case: str
    variant: int
    """Which of the case's variants was called."""
    expected: bytes
    actual: bytes


@dataclass(frozen=True, slots=True)
class Measurement:
    """A decision (`faster`, `not_faster`, `inconclusive`, `refuted`) with the samples behind it."""

    decision: str
    reason: str
    speedup: Speedup | None
    """The smaller of `first` and `repeat` where both were measured (a confirmed edit)."""
    first: Speedup | None = None
    """On inputs the process had never seen."""
    repeat: Speedup | None = None
    """On inputs the process had just seen."""
    cases: tuple[CaseSpeedup, ...] = ()
    samples: tuple[Sample, ...] = ()
    fresh_inputs: bool = True
    """False where the variants ran out, so that `first` was timed in fresh forks instead."""
    energy: Energy | None = None
    original_peak_bytes: int | None = None
    edit_peak_bytes: int | None = None
    original_threads: int | None = None
    edit_threads: int | None = None
    original_cpu_ns: float | None = None
    """CPU nanoseconds per sweep: one call of each case. Wall nanoseconds likewise."""
    edit_cpu_ns: float | None = None
    original_wall_ns: float | None = None
    edit_wall_ns: float | None = None
    wrong: WrongAnswer | None = None
    """The refuting call, where `decision` is refuted by an answer."""
    host: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    instructions: Instructions | None = None
    """Of an accepted edit of C++ or C."""
