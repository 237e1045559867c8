"""Shows verdicts and runs to a person: tables on a terminal, plain text anywhere else."""

import sys
from collections.abc import Sequence
from typing import IO, TYPE_CHECKING

from perfbot.agents.search import best_trial
from perfbot.optimizer.ledger import RunInfo
from perfbot.sandbox.measurement import Energy, Instructions, Measurement, Speedup
from perfbot.sandbox.target import Target
from perfbot.sandbox.trial import Trial
from perfbot.sandbox.verdict import Counterexample, Evidence, Status

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from perfbot.optimizer.commit import CommitInfo

_PLAIN_WIDTH = 100
_COLOURS = {Status.REFUTED: "red", Status.UNKNOWN: "yellow", Status.SURVIVED: "green"}
_DECISIONS = {
    "accepted": "green",
    "survived": "",
    "refuted": "red",
    "unknown": "yellow",
    "not_faster": "yellow",
}
_SHORT_ID = 12


def render_verdict(
    trial: Trial, target: Target | None = None, *, stream: IO[str] | None = None
) -> None:
    """Show one judged edit: decision, gates, speedup with its interval, cases, counterexample."""
    console = _console(stream)
    if target is not None:
        _line(console, f"{target.path}::{target.qualname}", trial.edit.title, "bold")
    _line(console, trial.decision.replace("_", " "), trial.reason, _DECISIONS[trial.decision])
    console.print(_gates(console, trial.verdict.evidence))
    if trial.measurement is not None:
        _print_measurement(console, trial.measurement)
    decisive = trial.verdict.decisive
    if decisive is not None and decisive.counterexample is not None:
        _print_counterexample(console, decisive.counterexample)


def render_measurement(measured: Measurement, *, stream: IO[str] | None = None) -> None:
    """Show a comparison of two versions by itself: decision, speedup, energy, cases."""
    console = _console(stream)
    _line(console, measured.decision.replace("_", " "), measured.reason, "bold")
    _print_measurement(console, measured)


def render_run(
    info: RunInfo,
    trials: Sequence[Trial],
    *,
    commit: "CommitInfo | None" = None,
    spent: Sequence[str] = (),
    winner: Trial | None = None,
    said: Sequence[str] = (),
    stream: IO[str] | None = None,
) -> None:
    """Show a run: every trial in a row, the winner or else the best in full, and where it was
    committed.

    `spent` has a line for each language model that was asked, `said` one for each answer of a
    person.
    """
    console = _console(stream)
    _line(console, f"{info.path}::{info.qualname}", f"run {info.id}, {info.state}", "bold")
    for text in spent:
        _line(console, "model", text, "")
    for text in said:
        _line(console, "person", text, "")
    if not trials:
        console.print("No edit was judged.")
        return
    table = _table(console, "edit", "what", "decision", "speedup", "why")
    for trial in trials:
        speedup = trial.measurement.speedup if trial.measurement else None
        table.add_row(
            trial.edit.id[:_SHORT_ID],
            _text(trial.edit.title or trial.edit.origin),
            _coloured(trial.decision.replace("_", " "), _DECISIONS[trial.decision]),
            speedup_text(speedup) if speedup else "",
            _text(trial.reason),
        )
    console.print(table)
    best = winner or best_trial(list(trials))
    if best is not None:
        render_verdict(best, stream=stream)
    if commit is not None:
        _line(console, "committed", f"{commit.branch} ({commit.commit[:_SHORT_ID]})", "green")
        console.print(f"  git merge {commit.branch}", highlight=False)
        console.print(f"  perfbot verify {commit.commit[:_SHORT_ID]}", highlight=False)


def speedup_text(speedup: Speedup) -> str:
    """As a commit's trailer says it: `3.12x [3.02, 3.20] at 99%`."""
    interval = f"[{speedup.low:.2f}, {speedup.high:.2f}]"
    return f"{speedup.estimate:.2f}x {interval} at {speedup.confidence * 100:.4g}%"


def duration_text(nanoseconds: float) -> str:
    """Nanoseconds in the unit a person would choose: `1.25 ms`."""
    for unit, size in (("s", 1e9), ("ms", 1e6), ("µs", 1e3)):
        if nanoseconds >= size:
            return f"{nanoseconds / size:.3g} {unit}"
    return f"{nanoseconds:.3g} ns"


def _console(stream: IO[str] | None) -> "Console":
    from rich.console import Console  # slow to load, and `--help` never needs it

    stream = stream or sys.stdout
    terminal = stream.isatty()
    width = None if terminal else _PLAIN_WIDTH
    return Console(file=stream, width=width, force_terminal=terminal, emoji=False)


def _table(console: "Console", *columns: str) -> "Table":
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD if console.is_terminal else None, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _gates(console: "Console", evidence: Sequence[Evidence]) -> "Table":
    table = _table(console, "gate", "status", "seconds", "detail")
    for item in evidence:
        status = _coloured(item.status.name.lower(), _COLOURS[item.status])
        table.add_row(_text(item.gate), status, f"{item.seconds:.2f}", _text(item.detail))
    return table


def _print_measurement(console: "Console", measured: Measurement) -> None:
    if measured.speedup is not None:
        clock = measured.speedup.clock
        _line(console, "speedup", f"{speedup_text(measured.speedup)}, {clock} time", "bold")
    if measured.energy is not None:
        _line(console, "energy", _energy_text(measured.energy), "bold")
    if measured.instructions is not None:
        _line(console, "instructions", instructions_text(measured.instructions), "bold")
    if measured.cases:
        table = _table(console, "case", "original", "speedup")
        for case in measured.cases:
            slower = "slower: " if case.slower else ""
            speedup = _coloured(slower + speedup_text(case.speedup), "red" if slower else "")
            table.add_row(_text(case.case), duration_text(case.original_ns), speedup)
        console.print(table)


def _energy_text(energy: Energy) -> str:
    how = "measured" if energy.measured else "estimated"
    if not energy.original_j:
        return f"{energy.edit_j:.3g} J ({how}, {energy.source})"
    change = (energy.edit_j / energy.original_j - 1) * 100
    return f"{change:+.0f}% ({how}, {energy.source}, {energy.scope})"


def instructions_text(found: Instructions) -> str:
    """The edit's share of the original's instructions, `0.52x`, or why they were not counted."""
    if found.share is None:
        return f"not counted: {found.skipped}"
    return f"{found.share:.3g}x ({found.tool}, {found.cases} cases)"


def _print_counterexample(console: "Console", found: Counterexample) -> None:
    _line(console, "counterexample", found.difference, "bold")
    for label, text in (
        ("call", found.call),
        ("original", found.expected),
        ("edit", found.actual),
    ):
        console.print(_text(f"  {label:9} {text}"))
    if found.snippet:
        console.print("\nTo see it outside perfbot:\n", highlight=False)
        for line in found.snippet.splitlines():
            console.print(_text("    " + line), soft_wrap=True)  # to be copied as it is


def _line(console: "Console", label: str, text: str, colour: str) -> None:
    from rich.text import Text

    console.print(Text.assemble((plain(label), colour), f"  {plain(text)}" if text else ""))


def _coloured(text: str, colour: str) -> "Text":
    from rich.text import Text

    return Text(plain(text), style=colour)


def _text(text: str) -> "Text":
    """Text as it is: `[red]` in a candidate's message is no markup."""
    return _coloured(text, "")


def plain(text: str) -> str:
    """Without control characters: a candidate's message must not drive the terminal."""
    clean = text.encode("utf-8", "backslashreplace").decode()
    return "".join(
        char if char.isprintable() or char in "\n\t" else ascii(char)[1:-1] for char in clean
    )
