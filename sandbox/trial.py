"""A Trial: one edit, what the gates said of it, what it measured, and what it cost."""

from dataclasses import dataclass

from perfbot.sandbox.edit import Edit
from perfbot.sandbox.measurement import Measurement
from perfbot.sandbox.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Cost:
    """What a trial consumed."""

    seconds: float = 0.0
    tokens: int = 0
    usd: float | None = 0.0
    """None where the provider's price is unknown."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One judged edit. `decision` is accepted, refuted, unknown or not_faster."""

    edit: Edit
    verdict: Verdict
    measurement: Measurement | None
    cost: Cost
    decision: str
    reason: str
