"""Every attempt and abuse, one after the other, against the sandbox in use on this machine."""

from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum

from perfbot.sandbox.attacks.abuse import try_abuse
from perfbot.sandbox.attacks.abuses import ABUSES
from perfbot.sandbox.attacks.allowed import ALLOWED
from perfbot.sandbox.attacks.attempt import (
    Outcome,
    Result,
    labels,
    try_inside,
    try_ordinary,
    works_outside,
)
from perfbot.sandbox.attacks.escapes import ESCAPES
from perfbot.sandbox.attacks.host import decoys
from perfbot.sandbox.errors import MachineError
from perfbot.sandbox.isolate.process import describe

FAILED = (Outcome.ESCAPED, Outcome.UNCLEAR, Outcome.BROKEN)
"""Outcomes after which the sandbox must not be relied on."""


class Kind(StrEnum):
    """What a result is about."""

    ORDINARY = "ordinary doings work"
    ESCAPE = "escape attempts held"
    ABUSE = "abuses ended"


def attack_everything() -> Iterator[tuple[Kind, Result]]:
    """
    Yield what became of each, as it ends; takes about a minute.

    Nothing of the user's is touched: what an attack would reach are decoys of ours. Each escape
    attempt is also made outside the sandbox, unless it could do harm there.

    Raises: MachineError where no sandbox works, or where none is wanted.
    """
    sandbox = labels(describe())
    if "none" in sandbox:
        raise MachineError(
            "There is no sandbox to attack: code runs with your rights.",
            "Leave --unsafe-no-sandbox out.",
        )
    with decoys() as host:
        for ordinary in ALLOWED:
            yield Kind.ORDINARY, try_ordinary(ordinary, host, sandbox)
        for attempt in ESCAPES:
            result = try_inside(attempt, host, sandbox)
            yield Kind.ESCAPE, replace(result, works_outside=works_outside(attempt, host))
        for abuse in ABUSES:
            yield Kind.ABUSE, try_abuse(abuse, host, sandbox)


def summary(found: list[tuple[Kind, Result]]) -> str:
    """One line of counts, known gaps apart, and the sandbox they hold for."""
    parts = []
    for kind in (Kind.ESCAPE, Kind.ABUSE, Kind.ORDINARY):
        results = [result for of, result in found if of is kind]
        gaps = sum(result.outcome is Outcome.GAP for result in results)
        good = len(results) - gaps - sum(result.outcome in FAILED for result in results)
        notes = [f"{gaps} known gaps"] if gaps else []
        if kind is Kind.ESCAPE:
            outside = sum(result.works_outside is True for result in results)
            notes.append(f"{outside} get through outside")
        noted = f" ({', '.join(notes)})" if notes else ""
        parts.append(f"{good} of {len(results)} {kind}{noted}")
    described = describe()
    mode = f", {described['mode']} mode" if "mode" in described else ""
    return f"{', '.join(parts)}; backend {described['backend']}{mode}"
