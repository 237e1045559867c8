"""What a model is told of earlier edits: what each did, why it was refused, how fast it is."""

from collections.abc import Sequence

from perfbot.agents.context import FENCES, REQUIRED, Section
from perfbot.agents.reply_edits import target_in
from perfbot.agents.search import gain
from perfbot.agents.templates import fenced, rendered
from perfbot.sandbox.errors import UsageError
from perfbot.sandbox.measurement import Speedup
from perfbot.sandbox.target import Target
from perfbot.sandbox.trial import Trial
from perfbot.sandbox.verdict import Counterexample

WITH_CODE = 3
"""Of so many of the latest edits the whole function is shown."""
_SHOWN_EDITS = 12
_WORTH = 85
_LIMIT = 600


def tried(target: Target, trials: Sequence[Trial], best: str = "") -> list[Section]:
    """One section on the judged edits, the latest last; none where there is none.

    The code of the edit with the id `best` stands in the prompt already and is left out.
    """
    shown = [trial for trial in trials if trial.edit.parent is not None][-_SHOWN_EDITS:]
    if not shown:
        return []
    first_with_code = len(shown) - WITH_CODE
    items = [
        {
            "title": trial.edit.title or trial.edit.origin,
            "outcome": outcome(trial),
            "why": why(trial),
            "code": _code(target, trial)
            if place >= first_with_code and trial.edit.id != best
            else "",
            "counterexample": _counterexample(trial),
        }
        for place, trial in enumerate(shown)
    ]
    return [Section("Tried so far", rendered("tried", tried=items).strip(), _WORTH)]


def wished(wishes: Sequence[str]) -> list[Section]:
    """One section on what a person said of this search; none where nothing was said."""
    text = "\n".join(f"- {' '.join(wish.split())}" for wish in wishes)
    return [Section("From the person who runs this", text, REQUIRED)] if text else []


def outcome(trial: Trial) -> str:
    """How an edit fared: accepted with its speedup, or refused and by which gate."""
    found = trial.measurement.speedup if trial.measurement else None
    if trial.decision == "accepted" and found is not None:
        return f"accepted, {interval(found)}"
    decisive = trial.verdict.decisive
    by = f" by the gate {decisive.gate}" if decisive else ""
    return f"{trial.decision.replace('_', ' ')}{by}" + (f", {interval(found)}" if found else "")


def why(trial: Trial) -> str:
    """The gate's own words; of an accepted edit which inputs it gains least on."""
    if gain(trial) is None or trial.measurement is None:
        return trial.reason[:_LIMIT]
    cases = sorted(trial.measurement.cases, key=lambda case: case.speedup.estimate)
    told = [f"{case.case}: {case.speedup.estimate:.2f}x" for case in cases[:3]]
    return f"Least gain by case: {', '.join(told)}." if told else trial.reason[:_LIMIT]


def interval(found: Speedup) -> str:
    """`1.31x faster [1.25, 1.38]`: the paired estimate with its bounds."""
    return f"{found.estimate:.2f}x the original's speed [{found.low:.2f}, {found.high:.2f}]"


def _code(target: Target, trial: Trial) -> str:
    try:
        source = target_in(target, trial.edit.file_source).source
    except UsageError:
        return ""
    return fenced(source, FENCES[target.language])


def _counterexample(trial: Trial) -> str:
    decisive = trial.verdict.decisive
    found: Counterexample | None = decisive.counterexample if decisive else None
    if found is None or trial.decision == "accepted":
        return ""
    return fenced(
        f"{found.call[:_LIMIT]}\n"
        f"the original: {found.expected[:_LIMIT]}\n"
        f"the edit:     {found.actual[:_LIMIT]}"
    )
