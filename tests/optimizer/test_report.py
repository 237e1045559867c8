"""What a person reads of a verdict and of a run."""

import io

from perfbot.optimizer.commit import CommitInfo
from perfbot.optimizer.ledger import RunInfo
from perfbot.optimizer.report import duration_text, render_measurement, render_run, render_verdict
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.measurement import CaseSpeedup, Energy, Measurement, Speedup
from perfbot.sandbox.trial import Cost, Trial
from perfbot.sandbox.verdict import Counterexample, Evidence, Status, Verdict

SPEEDUP = Speedup(3.118, 3.02, 3.2, 0.99, 40, "cpu")
INFO = RunInfo("r-1", "2026-01-01", "/p", "a.py", "f", None, {}, "accepted")
ACCEPTED = Trial(
    Edit("y", title="list -> set"),
    Verdict((Evidence("suite", Status.SURVIVED, "12 passed", 0.5),)),
    Measurement(
        "faster",
        "",
        SPEEDUP,
        cases=(
            CaseSpeedup("n=10", 1_250_000.0, SPEEDUP),
            CaseSpeedup("n=0", 80.0, Speedup(0.5, 0.4, 0.6, 0.99, 40, "cpu"), slower=True),
        ),
        energy=Energy(1.0, 0.33, "cpu time", "process", False),
    ),
    Cost(),
    "accepted",
    "faster on every case",
)
COUNTEREXAMPLE = Counterexample(
    "f([1], '[red]')", "1", "\x1b[31m2", "value", "from a import f\nassert f([1]) == 1"
)
REFUTED = Trial(
    Edit("z", title="wrong"),
    Verdict((Evidence("fuzz", Status.REFUTED, "differs", 0.1, COUNTEREXAMPLE),)),
    None,
    Cost(),
    "refuted",
    "another value",
)


def _words(text: str) -> str:
    return " ".join(text.split())


def test_accepted_verdict_shows_gates_cases_and_interval() -> None:
    """The figures a person decides by are all there, and a slower case is named."""
    stream = io.StringIO()
    render_verdict(ACCEPTED, stream=stream)
    shown = _words(stream.getvalue())
    for part in (
        "accepted faster on every case",
        "suite survived 0.50 12 passed",
        "speedup 3.12x [3.02, 3.20] at 99%, cpu time",
        "energy -67% (estimated, cpu time, process)",
        "n=10 1.25 ms 3.12x",
        "n=0 80 ns slower: 0.50x",
    ):
        assert part in shown


def test_counterexample_is_shown_as_it_is() -> None:
    """Brackets are no markup, control characters are spelled out, the snippet can be copied."""
    stream = io.StringIO()
    render_verdict(REFUTED, stream=stream)
    shown = stream.getvalue()
    assert "\x1b" not in shown
    assert "f([1], '[red]')" in shown
    assert "\\x1b[31m2" in shown
    assert "    from a import f\n    assert f([1]) == 1\n" in shown


def test_run_shows_every_trial_and_what_to_do_with_the_commit() -> None:
    """Refuted edits are listed with their reason, the best one in full, then the branch."""
    stream = io.StringIO()
    info = CommitInfo("perfbot/a-f", "c" * 40, "e" * 64, created=True)
    render_run(INFO, [REFUTED, ACCEPTED], commit=info, stream=stream)
    shown = _words(stream.getvalue())
    for part in ("a.py::f", "another value", "list -> set", "git merge perfbot/a-f"):
        assert part in shown
    assert "suite survived" in shown
    stream = io.StringIO()
    render_run(INFO, [], stream=stream)
    assert "No edit was judged." in stream.getvalue()


def test_measurement_is_shown_by_itself() -> None:
    """`perfbot measure` has no gates to show, but the decision, the bound and the cases."""
    stream = io.StringIO()
    assert ACCEPTED.measurement is not None
    render_measurement(ACCEPTED.measurement, stream=stream)
    shown = _words(stream.getvalue())
    assert shown.startswith("faster speedup 3.12x [3.02, 3.20] at 99%")
    assert "n=0 80 ns slower" in shown


def test_durations_have_the_unit_of_their_size() -> None:
    """Nanoseconds to seconds, three figures."""
    shown = [duration_text(value) for value in (12.0, 1_500.0, 2_000_000.0, 3.21e9)]
    assert shown == ["12 ns", "1.5 µs", "2 ms", "3.21 s"]
