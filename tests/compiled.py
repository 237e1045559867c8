"""One function of a C or C++ text, compiled and loaded in a real sandbox, to be called by tests."""

import contextlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from perfbot.sandbox.cpp.compilers import find_compiler
from perfbot.sandbox.cpp.units import Command, Variant
from perfbot.sandbox.cpp.wrapper import Hints
from perfbot.sandbox.cpp.zygote import CppWorker, CppZygote
from perfbot.sandbox.drivers.unwire import decode
from perfbot.sandbox.drivers.wire import encode
from perfbot.sandbox.languages.cpp import locate
from perfbot.sandbox.outcome import Outcome, parse
from perfbot.sandbox.project import Project


@dataclass(frozen=True, slots=True)
class Compiled:
    """A loaded version."""

    zygote: CppZygote
    worker: CppWorker

    def outcome(self, *args: object, way: str = "once") -> Outcome:
        """What one call does."""
        return parse(self.worker.request("call", inputs=given(*args), way=way))

    def value(self, *args: object) -> Any:
        """What one call returns."""
        outcome = self.outcome(*args)
        assert outcome.status == "return", outcome
        return outcome.parts()[0]

    def after(self, *args: object) -> Any:
        """The arguments after one call."""
        return self.outcome(*args).parts()[1]

    def refusal(self, *args: object) -> str:
        """Why the arguments do not fit."""
        outcome = self.outcome(*args)
        assert outcome.status == "unsendable", outcome
        return str(decode(outcome.body))

    def effects(self, *args: object) -> Any:
        """What one call does besides."""
        return decode(self.outcome(*args).effects)


def given(*args: object) -> bytes:
    """Arguments as they travel."""
    return encode([args, {}])


@contextlib.contextmanager
def compiled(
    folder: Path,
    text: str,
    name: str,
    *,
    variant: Variant = Variant.PLAIN,
    is_c: bool = False,
    hints: Hints | None = None,
    flags: tuple[str, ...] = ("-O1",),
    hash_seed: int = 1,
) -> Iterator[Compiled]:
    """`name` of `text`, which must compile."""
    path = "unit.c" if is_c else "unit.cpp"
    (folder / path).write_text(text)
    target = locate(folder, path, name)
    command = Command(find_compiler(is_c=is_c).path, flags, ".", ("-lm",), is_c)
    project = Project(folder, Path(sys.executable))
    with CppZygote(project, command, variant=variant, hints=hints, hash_seed=hash_seed) as zygote:
        worker = zygote.fork()
        reply = worker.load(target, text)
        assert reply["failure"] is None, reply["failure"]
        yield Compiled(zygote, worker)
