"""The Oracle of C++ and C: the original, plain with two fillings of fresh memory, and sanitized.

Where the original itself trips over undefined behaviour, nobody can say what an edit should do:
such inputs are discarded, and counted.
"""

import secrets
from collections.abc import Sequence
from dataclasses import replace

from perfbot.sandbox.cpp.units import Variant
from perfbot.sandbox.cpp.versions import (
    compiled,
    leaks,
    report_of,
    runner_in,
    sanitized_limit,
)
from perfbot.sandbox.cpp.zygote import opposite
from perfbot.sandbox.errors import BaselineError, PerfbotError
from perfbot.sandbox.oracle import Expected, Oracle
from perfbot.sandbox.outcome import Runner
from perfbot.sandbox.project import Project
from perfbot.sandbox.target import Target

UNDEFINED = "undefined behaviour"
"""Why an input is discarded on which a sanitizer complains of the original."""
CRASH = "crash"
"""Why one is discarded that ends the original's process without any sanitizer."""


class CppOracle(Oracle):
    """Asks the original's plain build twice, and its sanitized one whether the answer counts."""

    def __init__(
        self,
        project: Project,
        target: Target,
        *,
        imports: Sequence[str] = (),
        hash_seeds: tuple[int, int] | None = None,
    ) -> None:
        if hash_seeds is None:
            # Whatever bit of fresh memory the original reads, it then differs.
            first = secrets.randbelow(2**31)
            hash_seeds = (first, opposite(first))
        super().__init__(project, target, imports=imports, hash_seeds=hash_seeds)
        self.sanitized: Runner | None = None
        self.unsaid: set[bytes] = set()
        """Inputs for which the sanitized original takes too long: on these it has said nothing."""
        self.found_undefined: dict[bytes, bool] = {}

    def start(self) -> None:
        """Compile and load the original. Raises: BaselineError if that fails, MachineError."""
        if self.runners:
            return
        source = self.target.file_source
        variants = (Variant.PLAIN, Variant.SANITIZED)
        for built in compiled(self.project, self.target, source, variants):
            if built.library is None:
                raise self.broken(built.reason)
        super().start()

    def broken(self, failure: str) -> PerfbotError:
        """What to tell the user of an original that does not compile or load."""
        return BaselineError(
            f"{self.target.path} cannot be compiled and loaded by itself: {failure}",
            "mend it, say how it is built with --build CMD, or write an `adapter` in the workload",
        )

    def find_out(self, inputs: bytes, cpu_s: float) -> Expected:
        found = super().find_out(inputs, cpu_s)
        if found.discarded == "unsendable" and report_of(found.outcomes[0]) is not None:
            return replace(found, discarded=CRASH)
        return found

    def confirm(self, expected: Expected) -> Expected:
        """Discarded where a sanitizer complains of the original."""
        if expected.discarded is not None or not self.undefined(expected):
            return expected
        return replace(expected, discarded=UNDEFINED)

    def undefined(self, expected: Expected) -> bool:
        """Whether a sanitizer complains of the original on an input; asked once."""
        inputs = expected.inputs
        if inputs not in self.found_undefined:
            self.found_undefined[inputs] = self.complains(inputs, expected.seconds)
        return self.found_undefined[inputs]

    def complains(self, inputs: bytes, seconds: float) -> bool:
        if self.sanitized is None:
            self.sanitized = runner_in(
                self.project, self.target, self.target.file_source, Variant.SANITIZED
            )
        outcome = self.sanitized.call(inputs, cpu_s=sanitized_limit(seconds))
        if outcome.status == "timeout":
            self.unsaid.add(inputs)
        return report_of(outcome) is not None

    def leaks(self, expected: Expected) -> bool:
        """Whether the original itself leaves memory behind on an input that nobody can free."""
        self.complains(expected.inputs, expected.seconds)
        return self.sanitized is not None and leaks(self.sanitized) is not None

    def close(self) -> None:
        super().close()
        if self.sanitized is not None:
            self.sanitized.close()
            self.sanitized = None
