"""An Outcome: what one call did, as data; and the Runner that gets outcomes from a version."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from perfbot.sandbox.drivers.unwire import decode
from perfbot.sandbox.drivers.values import Raised, WireError
from perfbot.sandbox.language import language_of
from perfbot.sandbox.project import Project
from perfbot.sandbox.target import Target
from perfbot.sandbox.worker import ChildFailedError, Worker, Zygote

ANSWERS = ("return", "raise")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One call: `status` is return or raise; or why there is no answer: unsendable, timeout,
    died, corrupt, error."""

    status: str
    explicit: bool
    """The exception came from a `raise` or `assert` in the project's own code."""
    body: bytes
    """Encoded [value or exception, args, kwargs] after the call; or the reason, as text."""
    effects: bytes
    """Encoded dict of what else changed: stdout, stderr, warnings, rng, threads, globals."""

    @property
    def answered(self) -> bool:
        return self.status in ANSWERS

    def parts(self) -> Any:
        """The decoded body, or None where it was too large to travel. Raises: WireError."""
        return None if self.body.startswith(b"sha256:") else decode(self.body)

    def exception(self) -> Raised | None:
        """The exception raised, or None."""
        if self.status != "raise":
            return None
        parts = self.parts()
        first = parts[0] if type(parts) is list and parts else None
        return first if type(first) is Raised else None

    def exception_name(self) -> str | None:
        """The class name of the builtin exception raised, or None."""
        raised = self.exception()
        return raised.qualname if raised is not None and raised.module == "builtins" else None

    def timed_form(self) -> bytes:
        """How a timed batch reports the same outcome."""
        return self.status.encode() + self.body


def parse(reply: Any) -> Outcome:
    """An Outcome from a driver's reply. Raises: ChildFailedError("corrupt") if it is none."""
    if type(reply) is list and len(reply) == 4:
        status, explicit, body, effects = reply
        if (
            type(status) is str
            and status in (*ANSWERS, "unsendable")
            and type(explicit) is bool
            and type(body) is bytes
            and type(effects) is bytes
        ):
            return Outcome(status, explicit, body, effects)
    raise ChildFailedError("corrupt", "an answer that is not an outcome")


def no_answer(error: ChildFailedError) -> Outcome:
    """The outcome of a call that ended its process, or never ended."""
    return Outcome(error.kind, False, error.detail.encode(errors="replace"), b"\xa0")


class Runner:
    """Gets outcomes from one version under one hash seed; a worker that fails is replaced."""

    def __init__(
        self,
        project: Project,
        target: Target,
        source: str,
        *,
        hash_seed: int,
        imports: Sequence[str] = (),
        state: Sequence[str] | None = None,
        zygote: Zygote | None = None,
        new_zygote: Callable[[], Zygote] | None = None,
    ) -> None:
        """`new_zygote` opens a sandbox of another kind than the language's usual one."""
        self.target, self.source, self.state = target, source, state
        self.shares_zygote = zygote is not None
        self.new_zygote = new_zygote or partial(
            language_of(target).open_zygote, project, target, hash_seed=hash_seed, imports=imports
        )
        self.zygote = zygote or self.new_zygote()
        self.worker: Worker | None = None
        self.wall_s: float | None = None
        """Wall seconds for calls that are given none; None: as `Channel.request` has it."""
        self.imported: list[str] = []
        self.data_names: list[str] = []

    def start(self) -> str | None:
        """Load the version in a fresh worker; what went wrong, or None."""
        self.drop()
        worker = self.fork()
        try:
            reply = worker.load(self.target, self.source, self.state)
        except ChildFailedError as error:
            worker.kill()
            return f"{error.kind}: {error.detail}"
        if reply["failure"] is not None:
            worker.kill()
            return str(reply["failure"])
        self.imported = list(reply["imported"])
        self.data_names = list(reply["state"])
        self.worker = worker
        return None

    def fork(self) -> Worker:
        """A fresh worker. Raises: ChildFailedError."""
        try:
            return self.zygote.fork()
        except ChildFailedError:
            if self.shares_zygote:
                raise
        # What an earlier worker started may still run, as many as the sandbox may hold.
        self.zygote.close()
        self.zygote = self.new_zygote()
        return self.zygote.fork()

    def call(
        self,
        inputs: bytes,
        *,
        cpu_s: float,
        wall_s: float | None = None,
        way: str = "once",
    ) -> Outcome:
        """The outcome of one call that may spend `cpu_s` seconds of CPU time.

        `way`: once, twice, or SUBCLASS or one of LAZY_WAYS and TASK_WAYS of the driver.
        """
        if self.worker is None and (failure := self.start()) is not None:
            return Outcome("died", False, failure.encode(), b"\xa0")
        assert self.worker is not None
        wall_s = self.wall_s if wall_s is None else wall_s
        try:
            reply = self.worker.request("call", inputs=inputs, way=way, cpu_s=cpu_s, wall_s=wall_s)
            return parse(reply)
        except ChildFailedError as error:
            self.drop()
            return no_answer(error)

    def drop(self) -> None:
        if self.worker is not None:
            self.worker.kill()
            self.worker = None

    def close(self) -> None:
        self.drop()
        if not self.shares_zygote:
            self.zygote.close()

    def __enter__(self) -> "Runner":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def exception_name(outcome: Outcome) -> str:
    """`module.Class` of the exception, or "" (too large or malformed bodies have none)."""
    try:
        raised = outcome.exception()
    except WireError:
        return ""
    return "" if raised is None else f"{raised.module}.{raised.qualname}"
