"""How long the original is waited for on generated inputs, so that those it sleeps on or never
ends on cannot hold up a verdict.

A drawn `1e16` may reach `time.sleep` or count a loop's steps. Such an input is discarded, which
weakens no verdict by itself, but each costs its whole limit. So limits begin generous, and after
a few inputs were in vain they come down to what answered inputs need.
"""

from dataclasses import dataclass

from perfbot.sandbox.oracle import Expected
from perfbot.sandbox.worker import NO_ANSWER

FUZZ_CPU_S = 0.25
"""CPU seconds the original may spend on a generated input; larger ones are beyond the edge."""
FUZZ_WALL_S = 10 * FUZZ_CPU_S
"""As long on a machine that ten processes per core share."""
IN_VAIN = 3
"""This many generated inputs without an answer, and limits come down."""
SLACK = 10.0
"""Then one may take this many times as long as the slowest that was answered,"""
LEAST_CPU_S, LEAST_WALL_S = 0.05, 0.2
"""but at least so long."""
ASLEEP_S = 0.1
BUSY_SHARE = 0.05
"""A call was asleep that took over `ASLEEP_S` and used less than this share of it as CPU time: a
machine that is merely busy leaves a process more."""
SLEPT_S = 1.0
"""After so many seconds asleep in all, limits come down too, though every call was answered."""

LONG_SLEEP, SHORTER = 1e6, 1000
"""Where the original sleeps on a number, at most a thousandth of it is tried from then on; and of
this, if it is larger still: two or three sleeps until none is noticed."""


@dataclass(slots=True)
class Patience:
    """The limits for the original's next generated input, by how the earlier ones went."""

    in_vain: int = 0
    slept_s: float = 0.0
    slowest_s: float = 0.0
    """CPU seconds of the slowest generated input that was answered."""

    def cpu_s(self) -> float:
        """CPU seconds that the next input may take."""
        if self.in_vain < IN_VAIN:
            return FUZZ_CPU_S
        return min(FUZZ_CPU_S, max(LEAST_CPU_S, SLACK * self.slowest_s))

    def wall_s(self) -> float:
        """Wall seconds that the next input may take."""
        if self.in_vain < IN_VAIN and self.slept_s < SLEPT_S:
            return FUZZ_WALL_S
        return min(FUZZ_WALL_S, max(LEAST_WALL_S, SLACK * self.slowest_s))

    def note(self, *, answered: bool, cpu_s: float, wall_s: float) -> bool:
        """Take in how an input went; whether the original was asleep on it."""
        asleep = wall_s > ASLEEP_S and cpu_s < BUSY_SHARE * wall_s
        self.slept_s += wall_s if asleep else 0.0
        self.in_vain += not answered
        if answered:
            self.slowest_s = max(self.slowest_s, cpu_s)
        return asleep


def slept_through(found: Expected) -> bool:
    """Whether it was the wall clock that ended the call, not its CPU time."""
    return found.outcomes[0].body.startswith(NO_ANSWER.encode())


def without_sleep(size: float) -> float:
    """The largest number still to be tried after the original slept on `size`."""
    return min(size, LONG_SLEEP) / SHORTER
