"""What a timed batch of calls leaves behind: an edit may behave while it is asked, and write files
or start threads only while it is timed."""

from __future__ import annotations

import threading
from typing import Any

from .outcome import has_children, rng_state, seed_everything
from .surroundings import Surroundings


class Aftermath:
    """How things stood before a batch; `kinds` names what differs after it.

    What a version keeps in its module between calls is told by single calls alone: the clock gives
    it fresh inputs, on which nothing kept is of use.
    """

    def __init__(self) -> None:
        seed_everything()  # as the batch will
        self.fresh = rng_state()
        self.had_children = has_children()
        self.around = Surroundings([])

    def kinds(self, printed: str) -> list[str]:
        """Names as `observe` has them for one call; `printed` is what went to stdout and stderr."""
        found: dict[str, Any] = {
            "output": printed,
            "rng": rng_state() - self.fresh,
            "threads": threading.active_count() - 1,
            "processes": has_children() and not self.had_children,
            **self.around.changes(),
        }
        return sorted(name for name, value in found.items() if value)
