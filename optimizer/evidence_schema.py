"""The formats of the two JSON documents that perfbot gives out.

Format history
  perfbot.verdict/1   one judged edit, as `perfbot verify --json` prints it
  perfbot.evidence/1  what a commit's git note holds: the same, with raw samples and options
A reader refuses a schema it does not know; a writer never changes what a name means.
"""

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from perfbot.sandbox.errors import UsageError

Decision = Literal["accepted", "refuted", "unknown", "not_faster"]
StatusName = Literal["refuted", "unknown", "survived"]
SampleRow = tuple[str, int, int, int, int, int, int]
"""phase, round, sweeps, then nanoseconds: original's CPU, edit's CPU, original's wall, edit's."""


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, frozen=True)


class CounterexampleDocument(_Document):
    """An input on which the edit and the original differ, as Python text."""

    call: str
    expected: str
    actual: str
    difference: str
    snippet: str


class GateDocument(_Document):
    """One gate's finding, in the order the gates ran."""

    name: str
    status: StatusName
    seconds: float
    detail: str


class StrengthDocument(_Document):
    """How many mutants of the original the inputs told apart; 0 of 0 where none were run."""

    killed: int
    total: int


class SpeedupDocument(_Document):
    """Time of the original over time of the edit; `high` is null where nothing bounds it."""

    estimate: float
    low: float
    high: float | None
    confidence: float
    pairs: int
    clock: str


class EnergyDocument(_Document):
    """Joules per sweep (one call of each case); `change` is -0.5 where the edit needs half.

    `low` and `high` bound original over edit; null for an estimate.
    """

    original_j: float
    edit_j: float
    change: float | None
    source: str
    scope: str
    measured: bool
    low: float | None
    high: float | None


class InstructionsDocument(_Document):
    """Instructions of one call of each of `cases` cases; `share` is 0.5 where the edit needs half.

    `skipped` says why the numbers are null. Nothing is judged by them.
    """

    original: int | None
    edit: int | None
    share: float | None
    cases: int
    tool: str
    skipped: str


class VerdictDocument(_Document):
    """What `perfbot verify --json` prints."""

    schema_: Literal["perfbot.verdict/1"] = Field("perfbot.verdict/1", alias="schema")
    decision: Decision
    gate: str | None
    reason: str
    counterexample: CounterexampleDocument | None
    gates: list[GateDocument]
    oracle_strength: StrengthDocument
    speedup: SpeedupDocument | None
    energy: EnergyDocument | None
    instructions: InstructionsDocument | None = None
    seconds: float


class GateRecord(GateDocument):
    """A gate's finding with its figures (counts, seeds, options it was relaxed by)."""

    counterexample: CounterexampleDocument | None
    data: dict[str, JsonValue]


class CaseDocument(_Document):
    """One workload case; `original_ns` is nanoseconds per call of the original."""

    case: str
    original_ns: float
    speedup: SpeedupDocument | None
    slower: bool


class WrongAnswerDocument(_Document):
    """A timed call whose outcome was not the original's; both outcomes as hexadecimal."""

    case: str
    variant: int
    expected: str
    actual: str


class MeasurementDocument(_Document):
    """The measurement's decision and every sample it rests on."""

    decision: str
    reason: str
    speedup: SpeedupDocument | None
    first: SpeedupDocument | None
    repeat: SpeedupDocument | None
    cases: list[CaseDocument]
    samples: list[SampleRow]
    fresh_inputs: bool
    energy: EnergyDocument | None
    original_peak_bytes: int | None
    edit_peak_bytes: int | None
    original_threads: int | None
    edit_threads: int | None
    original_cpu_ns: float | None
    edit_cpu_ns: float | None
    original_wall_ns: float | None
    edit_wall_ns: float | None
    wrong: WrongAnswerDocument | None
    host: dict[str, str]
    seconds: float
    instructions: InstructionsDocument | None = None


class TargetDocument(_Document):
    """The function that was edited; `path` is relative to the repository."""

    path: str
    qualname: str
    module: str
    language: str


class ModelDocument(_Document):
    """A reply of a language model that an edit, or one it builds on, came from."""

    asked: str
    answered: str | None
    """The model in the provider's words; another name than was asked may be another model."""
    fingerprint: str | None
    client: str
    prompt_tokens: int | None
    completion_tokens: int | None
    usd: float | None
    """null where the price is not known."""


class EditDocument(_Document):
    """The edit by its content's SHA-256; its text is the commit's."""

    id: str
    title: str
    origin: str
    parent: str | None
    notes: list[str]
    models: list[ModelDocument] = []
    """Empty where no model was asked."""


class EvidenceDocument(_Document):
    """What the git note of a commit holds."""

    schema_: Literal["perfbot.evidence/1"] = Field("perfbot.evidence/1", alias="schema")
    created: str
    versions: dict[str, str]
    base: str
    target: TargetDocument
    edit: EditDocument
    decision: Decision
    reason: str
    gates: list[GateRecord]
    oracle_strength: StrengthDocument
    measurement: MeasurementDocument | None
    options: dict[str, JsonValue]
    seeds: dict[str, int]
    sandbox: str | dict[str, str]
    """What isolated it and what that does not guarantee; early documents hold only the name."""
    host: dict[str, str]
    seconds: float


def load_evidence(document: Mapping[str, object]) -> EvidenceDocument:
    """Check a `perfbot.evidence/1` object that came from outside.

    Raises:
        UsageError: another schema, or a key that is missing, unknown or of the wrong type.
    """
    schema = document.get("schema")
    if schema != "perfbot.evidence/1":
        raise UsageError(
            f"this evidence has the schema {schema!r}, not perfbot.evidence/1",
            "read it with the version of perfbot that wrote it",
        )
    try:
        return EvidenceDocument.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"the evidence is malformed at {where}: {first['msg']}") from error
