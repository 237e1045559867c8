"""How the search for one target ended, told to a person and to a program."""

import json
from dataclasses import dataclass

from perfbot.optimizer.commit import CommitInfo
from perfbot.optimizer.config import Options
from perfbot.optimizer.evidence import verdict_json
from perfbot.optimizer.interactive import said
from perfbot.optimizer.ledger import Ledger, list_runs, open_run
from perfbot.optimizer.output import write_json
from perfbot.optimizer.plain import from_plain, to_plain
from perfbot.optimizer.report import render_run, speedup_text
from perfbot.optimizer.spend import ModelSpend, spend_by_model
from perfbot.optimizer.trace import render_trace
from perfbot.sandbox.errors import UsageError
from perfbot.sandbox.target import Target
from perfbot.sandbox.trial import Trial

ACCEPTED, NOTHING, BUDGET_USED_UP = 0, 1, 5


@dataclass(frozen=True, slots=True)
class Result:
    """How the search for one target ended; `trial` is the winner as it was verified afresh."""

    run_id: str
    target: Target
    trials: tuple[Trial, ...]
    trial: Trial | None
    commit: CommitInfo | None
    reason: str
    budget_used_up: bool
    spent: tuple[ModelSpend, ...] = ()


def commit_of(ledger: Ledger) -> CommitInfo | None:
    """The commit that a run has made."""
    stored = ledger.note("commit")
    return None if stored is None else CommitInfo(**json.loads(stored))


def record_verified(ledger: Ledger, trial: Trial) -> None:
    """Keep the winner's last trial, whose figures the commit carries."""
    ledger.set_note("verified", json.dumps(to_plain(trial)))


def winner_in(ledger: Ledger) -> Trial | None:
    """The trial of the edit that a run settled on (the best, or the one that a person chose): as
    it was verified afresh, or as it was found where that did not come to its end."""
    verified = ledger.note("verified")
    if verified is not None:
        trial: Trial = from_plain(Trial, json.loads(verified))
        return trial
    chosen = ledger.note("winner")
    return None if chosen is None else ledger.measured(chosen)


def said_in(ledger: Ledger) -> list[str]:
    """What a person answered in a run, a line each."""
    return [
        " ".join(part for part in (item.word, (item.edit or "")[:12], item.text) if part)
        for item in said(ledger)
    ]


def spent_in(ledger: Ledger) -> tuple[ModelSpend, ...]:
    """What a run spent so far, by model."""
    return tuple(spend_by_model(ledger.calls(), ledger.all_proposals()))


def told(results: list[Result], options: Options) -> int:
    """Report each result; the exit code of the whole command."""
    if options.json != "-":
        for item in results:
            with_ledger(item)
    if options.json is not None:
        runs = [result_json(item) for item in results]
        write_json(options.json, {"schema": "perfbot.runs/1", "runs": runs})
    if any(item.commit is not None for item in results):
        return ACCEPTED
    return BUDGET_USED_UP if any(item.budget_used_up for item in results) else NOTHING


def with_ledger(item: Result) -> None:
    ledger = open_run(item.run_id)
    try:
        spent = [model.as_text() for model in item.spent]
        render_run(
            ledger.info(), item.trials, commit=item.commit, spent=spent,
            winner=winner_in(ledger), said=said_in(ledger),
        )  # fmt: skip
    finally:
        ledger.close()
    if item.commit is None:
        print(item.reason)


def result_json(item: Result) -> dict[str, object]:
    """One run as plain data."""
    return {
        "run": item.run_id,
        "target": f"{item.target.path}::{item.target.qualname}",
        "decision": "accepted" if item.commit else "nothing_accepted",
        "reason": item.reason,
        "branch": item.commit.branch if item.commit else None,
        "commit": item.commit.commit if item.commit else None,
        "title": item.trial.edit.title if item.trial else None,
        "verdict": verdict_json(item.trial) if item.trial else None,
        "models": [model.as_json() for model in item.spent],
        "trials": [
            {
                "edit": trial.edit.id,
                "title": trial.edit.title,
                "decision": trial.decision,
                "gate": decisive.gate if (decisive := trial.verdict.decisive) else None,
                "reason": trial.reason,
                "speedup": speedup_text(trial.measurement.speedup)
                if trial.measurement and trial.measurement.speedup
                else None,
            }
            for trial in item.trials
        ],
    }


def report_run(run_id: str | None, *, trace: bool = False) -> int:
    """Show a run, or the last one; with `trace` its prompts and replies.

    Raises: UsageError when there is none.
    """
    if run_id is None:
        runs = list_runs()
        if not runs:
            raise UsageError("there are no runs yet", "perfbot optimize TARGET makes one")
        run_id = runs[0].id
    ledger = open_run(run_id)
    try:
        if trace:
            render_trace(ledger.calls(), ledger.all_proposals(), ledger.trials())
        else:
            spent = [model.as_text() for model in spent_in(ledger)]
            render_run(
                ledger.info(), ledger.trials(), commit=commit_of(ledger), spent=spent,
                winner=winner_in(ledger), said=said_in(ledger),
            )  # fmt: skip
    finally:
        ledger.close()
    return 0
