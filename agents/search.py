"""What a search over edits is made of: requests, the policy that steers, and the budget."""

import math
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Protocol

from perfbot.agents.calls import Call
from perfbot.agents.proposal import Proposal
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.errors import UsageError
from perfbot.sandbox.measurement import Speedup
from perfbot.sandbox.trial import Trial
from perfbot.sandbox.verdict import Status

MIN_GAIN = 1.02
"""An edit replaces a better-known one only if its lower bound is 2 % higher: below that, the
order of two measurements is noise, and each step makes the diff longer."""

_UNITS = {
    "c": ("candidates", 1.0),
    "usd": ("usd", 1.0),
    "tok": ("tokens", 1.0),
    "ktok": ("tokens", 1e3),
    "mtok": ("tokens", 1e6),
    "s": ("seconds", 1.0),
    "m": ("seconds", 60.0),
    "h": ("seconds", 3600.0),
}


@dataclass(frozen=True, slots=True)
class ProposalSpec:
    """A request for proposals: build on `parent` (an edit's id) with `operator` (rules, llm)."""

    parent: str
    operator: str = "rules"
    model: str | None = None
    seed: int = 0
    style: str = ""
    """How a model is asked (`agents/styles.py`); empty for the plain request."""

    @property
    def key(self) -> str:
        """Equal requests have equal keys, so that an answered one is never asked again."""
        style = f"/{self.style}" if self.style else ""
        return f"{self.operator}/{self.model or '-'}/{self.seed}/{self.parent}{style}"

    def as_json(self) -> dict[str, object]:
        """The fields as a plain dict, for a checkpoint."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Spent:
    """What a run has used so far; `seconds` is wall time over all its sessions."""

    candidates: int = 0
    usd: float = 0.0
    seconds: float = 0.0
    tokens: int = 0


@dataclass(frozen=True, slots=True)
class Budget:
    """What a run may use; None is no limit."""

    candidates: int | None = None
    usd: float | None = None
    seconds: float | None = None
    tokens: int | None = None

    def used_up(self, spent: Spent) -> str | None:
        """Which limit is reached, in words, or None while there is something left."""
        if self.candidates is not None and spent.candidates >= self.candidates:
            return f"all {self.candidates} candidates of the budget were judged"
        if self.usd is not None and spent.usd >= self.usd:
            return f"the budget of {self.usd:g} USD is spent"
        if self.seconds is not None and spent.seconds >= self.seconds:
            return f"the budget of {self.seconds:g} s is over"
        if self.tokens is not None and spent.tokens >= self.tokens:
            return f"the budget of {self.tokens} tokens is spent"
        return None


def parse_budget(text: str) -> Budget:
    """Read `20c,2.50usd,200ktok,10m`: candidates, dollars, tokens and wall time, each once at most.

    Raises:
        UsageError: a part that is none of these, not positive, or given twice.
    """
    found: dict[str, float] = {}
    for part in text.replace(" ", "").split(","):
        match = re.fullmatch(r"(\d+(?:\.\d+)?|\.\d+)(c|usd|[km]?tok|s|m|h)", part.lower())
        if match is None:
            raise _not_a_budget(text, f"{part!r} is no amount")
        name, size = _UNITS[match[2]]
        amount = float(match[1]) * size
        if name in found:
            raise _not_a_budget(text, f"it names {name} twice")
        if not (amount > 0 and math.isfinite(amount)) or (
            name in ("candidates", "tokens") and amount % 1
        ):
            raise _not_a_budget(
                text, f"{part!r} must be more than 0; candidates and tokens are whole"
            )
        found[name] = amount
    whole = {name: int(found[name]) for name in ("candidates", "tokens") if name in found}
    return Budget(
        candidates=whole.get("candidates"),
        usd=found.get("usd"),
        seconds=found.get("seconds"),
        tokens=whole.get("tokens"),
    )


def _not_a_budget(text: str, why: str) -> UsageError:
    return UsageError(
        f"{text!r} is not a budget: {why}",
        "write it as in 20c,2.50usd,200ktok,10m (candidates, dollars, tokens, time in s, m or h)",
    )


@dataclass(frozen=True, slots=True)
class ArchiveView:
    """What a policy sees: every trial so far, and which parents were asked, in order."""

    original: str
    """The id of the unedited file: the first parent."""
    trials: tuple[Trial, ...]
    children: Mapping[str, tuple[str, ...]]
    """Each parent already asked, in order, with the ids of the edits that came of it."""
    requests: tuple[ProposalSpec, ...] = ()
    """Every request so far, in order."""
    answers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The ids of the edits that each request (by its key) was answered with."""


class SearchPolicy(Protocol):
    """Decides what to build on next, from the archive alone, so that a resumed run agrees."""

    @property
    def name(self) -> str:
        """The name `--policy` takes."""

    def ask(self, view: ArchiveView, budget: Budget) -> list[ProposalSpec]:
        """The next requests; an empty list ends the search. `budget` is what is left."""

    def tell(self, results: list[Trial]) -> None:
        """Hear a round's results; what is kept must be rebuildable from the archive."""


class Archive(Protocol):
    """The durable record a run is resumed from (`optimizer.ledger.Ledger` is one)."""

    def add(self, edit: Edit) -> None:
        """Keep an edit's text; a second edit with the same id changes nothing."""

    def edit(self, edit_id: str) -> Edit:
        """The edit with this id."""

    def proposals(self, key: str) -> list[Proposal] | None:
        """What a request (`ProposalSpec.key`) was answered with, or None."""

    def record_proposals(self, key: str, proposals: list[Proposal]) -> None:
        """Keep the answer to a request, with the edits' texts."""

    def judged(self, edit_id: str) -> Trial | None:
        """What the gates said of an edit, or None."""

    def record_judged(self, trial: Trial) -> None:
        """Keep what the gates said."""

    def measured(self, edit_id: str) -> Trial | None:
        """The trial with its measurement, or None."""

    def record_measured(self, trial: Trial) -> None:
        """Keep a measured trial."""

    def record_rejected(self, trial: Trial) -> None:
        """Keep a trial that a person refused after it was measured."""

    def count(self) -> int:
        """How many edits were judged."""

    def trials(self) -> list[Trial]:
        """The latest trial of every judged edit, in the order they were first judged."""

    def usd(self) -> float:
        """US dollars spent on calls and trials whose price is known."""

    def tokens(self) -> int:
        """Tokens that calls are charged with, those without an answer among them."""

    def record_call(self, call: Call) -> None:
        """Keep a call as it is now: before it is sent, and when it has ended."""

    def calls(self, key: str | None = None) -> list[Call]:
        """Each attempt as it was last recorded, in the order sent; of one key, or all."""

    def set_note(self, name: str, value: str) -> None:
        """Keep a fact about the run under a name; the last one counts."""

    def note(self, name: str) -> str | None:
        """What `set_note` kept under this name."""


@dataclass(slots=True)
class Account:
    """A budget and what is left of it, counted from the record: a replay counts nothing twice."""

    archive: Archive
    budget: Budget
    earlier_s: float = 0.0
    """Wall seconds that earlier processes worked on this run."""
    started: float = field(default_factory=time.monotonic)
    closed: str | None = None
    """Why no more requests are sent though no limit is reached: what is left is too little."""
    stopping: bool = False
    """Ctrl-C was pressed: nothing new begins, and nothing is waited for."""
    watch: Callable[[Call], None] = lambda _call: None
    """Is told of each try of a call to a model when it has ended, by several threads."""

    def elapsed_s(self) -> float:
        """Wall seconds of this process and the earlier ones."""
        return self.earlier_s + time.monotonic() - self.started

    def used_up(self) -> str | None:
        """Which limit is reached, in words, or None."""
        archive = self.archive
        spent = Spent(archive.count(), archive.usd(), self.elapsed_s(), archive.tokens())
        return self.budget.used_up(spent) or self.closed

    def time_left(self) -> bool:
        """Whether the wall time is not over."""
        return self.budget.seconds is None or self.elapsed_s() < self.budget.seconds

    def left(self) -> Budget:
        """The budget less what is spent."""
        candidates, usd, seconds = self.budget.candidates, self.budget.usd, self.budget.seconds
        tokens = self.budget.tokens
        return Budget(
            None if candidates is None else max(candidates - self.archive.count(), 0),
            None if usd is None else max(usd - self.archive.usd(), 0.0),
            None if seconds is None else max(seconds - self.elapsed_s(), 0.0),
            None if tokens is None else max(tokens - self.archive.tokens(), 0),
        )


def gain(trial: Trial) -> Speedup | None:
    """The speedup of an accepted trial, else None."""
    if trial.decision != "accepted" or trial.measurement is None:
        return None
    return trial.measurement.speedup


def best_trial(trials: list[Trial] | tuple[Trial, ...]) -> Trial | None:
    """The accepted trial with the highest lower bound; the earlier one if about equal."""
    best, low = None, 0.0
    for trial in trials:
        found = gain(trial)
        if found is not None and (best is None or found.low > low * MIN_GAIN):
            best, low = trial, found.low
    return best


def awaits_measurement(trial: Trial) -> bool:
    """Whether the gates let the edit through and the clock has not seen it."""
    return trial.verdict.status is Status.SURVIVED and trial.measurement is None
