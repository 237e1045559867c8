"""What a comparison of two versions of a target found: paired samples and their bound."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Sample:
    """One ABBA pair: nanoseconds per batch for the original (a) and the edit (b)."""

    round: int
    a_cpu_ns: int
    b_cpu_ns: int
    a_wall_ns: int
    b_wall_ns: int


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


@dataclass(frozen=True, slots=True)
class Energy:
    """Joules per call of both versions; `measured` is False for an estimate from CPU time."""

    original_j: float
    edit_j: float
    source: str
    scope: str
    measured: bool


@dataclass(frozen=True, slots=True)
class Measurement:
    """A decision (`faster`, `not_faster`, `inconclusive`, `refuted`) with the samples behind it."""

    decision: str
    reason: str
    speedup: Speedup | None
    cases: tuple[CaseSpeedup, ...] = ()
    samples: tuple[Sample, ...] = ()
    energy: Energy | None = None
    original_peak_bytes: int | None = None
    edit_peak_bytes: int | None = None
    original_threads: int | None = None
    edit_threads: int | None = None
    host: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0
