"""An input that refuted the same code before, tried again: a proof by itself, or nothing."""

from dataclasses import replace

from perfbot.sandbox.candidate import Candidate, counterexample
from perfbot.sandbox.corpus import generated, limits_kept
from perfbot.sandbox.drivers.values import WireError
from perfbot.sandbox.exploration import arguments_of
from perfbot.sandbox.gates.repeat import TOLD, differs
from perfbot.sandbox.oracle import Expected
from perfbot.sandbox.verdict import Counterexample
from perfbot.sandbox.worker import ChildFailedError

WAYS = ("once", *TOLD)
"""The ways of looking at a call that can be tried again."""


def refuted_again(candidate: Candidate, inputs: bytes, way: str) -> Counterexample | None:
    """The counterexample, if the edit differs from the original on `inputs` now; else None.

    Both are asked anew. An input that is outside the domain by now, on which the sandbox fails, or
    on which they agree says nothing of the edit.
    """
    baseline = candidate.baseline
    if way not in WAYS or not readable(inputs) or baseline.beyond_edge(inputs):
        return None
    found = None
    try:
        with limits_kept(baseline):
            expected = generated(baseline, inputs, beyond=True)
        if expected.discarded is None and candidate.start() is None:
            found = (
                on_one_call(candidate, expected)
                if way == "once"
                else in_a_row(candidate, expected, way)
            )
    except ChildFailedError:
        pass  # which shows nothing of the edit: the gates that follow will meet it
    finally:
        if found is None:
            candidate.close()  # for the gate `build` to start
    return found


def readable(inputs: bytes) -> bool:
    """Whether these bytes are an argument list."""
    try:
        arguments_of(inputs)
    except (WireError, ValueError, TypeError):
        return False
    return True


def on_one_call(candidate: Candidate, expected: Expected) -> Counterexample | None:
    """What a call shows, under either hash seed."""
    for seed in range(len(candidate.runners)):
        found = candidate.try_input(expected, seed=seed)
        if found is not None:
            if candidate.baseline.oracle.confirm(expected).discarded is not None:
                return None
            detail, actual = found
            return counterexample(candidate, expected, actual, detail)
    return None


def in_a_row(candidate: Candidate, expected: Expected, way: str) -> Counterexample | None:
    """What calls in a row show, or a result taken in steps."""
    original = candidate.baseline.oracle.runner()
    found = differs(original, candidate.runners[0], expected, way)
    if found is None:
        return None
    before, after = found
    return counterexample(candidate, replace(expected, outcomes=(before,)), after, TOLD[way], way)
