"""What the gates say of an edit: Evidence per gate, and the Verdict that is their minimum."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field


class Status(enum.IntEnum):
    """Three-valued and ordered, so that verdicts combine by `min`; UNKNOWN never passes."""

    REFUTED = 0
    UNKNOWN = 1
    SURVIVED = 2


@dataclass(frozen=True, slots=True)
class Counterexample:
    """An input on which the edit and the original differ, with what each did, as Python text."""

    call: str
    expected: str
    actual: str
    difference: str
    snippet: str = ""
    """A script that shows the difference outside perfbot, where one can be written."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One gate's finding about one edit. `detail` is one sentence for a person."""

    gate: str
    status: Status
    detail: str
    seconds: float = 0.0
    counterexample: Counterexample | None = None
    data: Mapping[str, object] = field(default_factory=dict)
    """JSON-ready figures of this gate (counts, seeds, lists); no objects."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The minimum over the evidence; no evidence at all is UNKNOWN."""

    evidence: tuple[Evidence, ...]

    @property
    def status(self) -> Status:
        return min((item.status for item in self.evidence), default=Status.UNKNOWN)

    @property
    def decisive(self) -> Evidence | None:
        """The first evidence that kept the edit from surviving, or None if it survived."""
        failing = [item for item in self.evidence if item.status < Status.SURVIVED]
        return min(failing, key=lambda item: item.status) if failing else None
