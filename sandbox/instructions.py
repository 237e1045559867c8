"""Instruction counts of an accepted edit, where its language has a tool for them."""

from dataclasses import replace

from perfbot.sandbox.baseline import Baseline
from perfbot.sandbox.trial import Trial


def with_instructions(baseline: Baseline, trial: Trial) -> Trial:
    """The trial with both versions' instructions counted, if it is an accepted one of C++ or C."""
    measured = trial.measurement
    counts = baseline.target.language in ("c", "cpp")
    if trial.decision != "accepted" or measured is None or not counts:
        return trial
    from perfbot.sandbox.cpp.callgrind import counted  # most targets need nothing of it

    found = counted(baseline, trial.edit.file_source)
    return replace(trial, measurement=replace(measured, instructions=found))
