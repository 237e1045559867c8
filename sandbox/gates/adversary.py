"""Gate `adversary` (optional): inputs that somebody wrote to break this very edit.

They can refute and never approve. Whoever wrote them sees the edit and is not trusted: the inputs
are data, compared in the ordinary way where the original takes them (`sandbox/written.py`). Where
there are none, or none is in the domain, the edit goes on as if the gate were not there, and the
evidence says so.
"""

import base64
from collections.abc import Mapping, Sequence

from perfbot.sandbox.candidate import Candidate, counterexample
from perfbot.sandbox.corpus import limits_kept
from perfbot.sandbox.exploration import BEYOND
from perfbot.sandbox.gates.fuzz import Refutation, has_strategy, visit
from perfbot.sandbox.verdict import Evidence, Status
from perfbot.sandbox.written import allowed

NAME = "adversary"


def check(candidate: Candidate, written: Sequence[bytes], *, problem: str = "") -> Evidence:
    """REFUTED by the first written input on which the edit differs.

    `problem`: why nobody wrote any for this edit. The evidence keeps those that were compared.
    """
    if has_strategy(candidate.baseline):
        why = "the workload's strategy says which inputs count"
        return Evidence(NAME, Status.SURVIVED, f"not applied: {why}", data={"inputs": []})
    inputs = allowed(candidate.baseline, written)
    found = first_difference(candidate, inputs)
    data: dict[str, object] = {
        "inputs": [base64.b64encode(item).decode() for item in inputs],
        "outside": len(written) - len(inputs),
        "problem": problem,
    }
    if found is not None:
        shown = counterexample(candidate, found.expected, found.actual, found.detail)
        return Evidence(NAME, Status.REFUTED, found.detail, counterexample=shown, data=data)
    return Evidence(NAME, Status.SURVIVED, told(len(inputs), len(written), problem), data=data)


def first_difference(candidate: Candidate, inputs: Sequence[bytes]) -> Refutation | None:
    """How the edit differs on the first input that shows it, by the ordinary comparison."""
    for item in inputs:
        with limits_kept(candidate.baseline):
            found = visit(candidate, item, BEYOND)
        if found is not None:
            return found
    return None


def told(tried: int, written: int, problem: str) -> str:
    """One sentence on inputs that refuted nothing."""
    text = f"{tried} inputs written to break it agree, or the original has no answer"
    if written > tried:
        text += f"; {written - tried} are outside the domain"
    if not written:
        text = "no input was written"
    return f"{text}; {problem}" if problem else text


def inputs_in(data: Mapping[str, object]) -> list[bytes]:
    """The inputs that this gate's evidence keeps."""
    kept = data.get("inputs")
    texts = kept if isinstance(kept, list) else []
    return [base64.b64decode(text) for text in texts if isinstance(text, str)]
