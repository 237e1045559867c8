"""Refusals that outlive their run: the same wrong code is shown to be wrong at once.

Only what can be shown again is remembered: an input on which the edit differed. It is tried on the
edit before any other gate, and refutes it by itself; where it does not, all gates judge as if
nothing were known. So neither a damaged file nor a stale one can refuse a good edit. Not remembered
are verdicts of the clock and UNKNOWN ones, which chance or a busy machine may have caused, and a
failed suite: a test that fails now and then would keep a good edit out for ever.
"""

import base64
import contextlib
import fcntl
import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pydantic import Base64Bytes, BaseModel, ConfigDict, Field, ValidationError

import perfbot
from perfbot.optimizer.session import Say, Session
from perfbot.sandbox.again import WAYS, refuted_again
from perfbot.sandbox.baseline_file import forget_oldest, own_digest
from perfbot.sandbox.candidate import Candidate
from perfbot.sandbox.counterexamples import MOST_BYTES
from perfbot.sandbox.host import cache_folder
from perfbot.sandbox.interpreter import ask
from perfbot.sandbox.language import language_of
from perfbot.sandbox.verdict import Evidence, Status

MOST, MOST_IN_ALL = 500, 1 << 21
"""So many refusals are kept of a target, with so many bytes of inputs, the last ones."""


class Refusal(BaseModel):
    """Why an edit was refused, and the input that shows it (encoded, in base64)."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    edit: str
    title: str
    gate: str
    detail: str
    inputs: Base64Bytes
    way: str


class Refused(BaseModel):
    """What the file holds: refusals by the code key of the edit, the last one last."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    schema_: Literal["perfbot.refused/1"] = Field("perfbot.refused/1", alias="schema")
    refused: dict[str, Refusal]


@dataclass(slots=True)
class Remembered:
    """The refusals of one target, as `remembered_in` names it."""

    path: Path
    code_key: Callable[[str], str]
    say: Say = lambda _text: None
    known: dict[str, Refusal] | None = field(default=None)
    """As read at the first need, with what this run adds."""

    def refusal(self, candidate: Candidate) -> Evidence | None:
        """The refusal of an edit whose code an earlier run refuted, shown on it anew; or None."""
        if self.known is None:
            self.known = self.read()
        found = self.known.get(self.code_key(candidate.edit.file_source))
        if found is None:
            return None
        shown = refuted_again(candidate, found.inputs, found.way)
        if shown is None:
            return None
        return Evidence(
            "dedup",
            Status.REFUTED,
            f"refused in an earlier run by the gate {found.gate}, and again: {shown.difference}",
            counterexample=shown,
            data={"remembered": found.edit, "remembered_gate": found.gate},
        )

    def refuted(self, candidate: Candidate, evidence: Evidence) -> None:
        """Keep a refusal, if the input that shows it can be tried again."""
        if candidate.shown is None or evidence.gate == "dedup":
            return
        inputs, way = candidate.shown
        if len(inputs) > MOST_BYTES or way not in WAYS:
            return
        kept = Refusal(
            edit=candidate.edit.id,
            title=_text(candidate.edit.title),
            gate=evidence.gate,
            detail=_text(evidence.detail),
            inputs=base64.b64encode(inputs),
            way=way,
        )
        self.keep(self.code_key(candidate.edit.file_source), kept)

    def keep(self, key: str, kept: Refusal) -> None:
        """Add a refusal to what is on the disk by now."""
        # A full disk, or a folder that cannot be written, costs only this.
        with contextlib.suppress(OSError), self.alone():
            found = self.read()
            found.pop(key, None)
            self.known = last_ones({**found, key: kept})
            self.write(self.known)

    def read(self) -> dict[str, Refusal]:
        """What the file holds; nothing where there is none. A damaged one is said aloud."""
        try:
            content = self.path.read_bytes()
            return dict(Refused.model_validate_json(content).refused)
        except FileNotFoundError:
            return {}
        except (OSError, ValidationError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is damaged"
            self.say(f"warning: refusals of earlier runs cannot be read ({self.path}): {why}")
            return {}

    def write(self, refused: dict[str, Refusal]) -> None:
        """Replace the file in one step, so that a kill leaves the old one or the new one."""
        document = Refused(schema="perfbot.refused/1", refused=refused)
        with tempfile.NamedTemporaryFile(dir=self.path.parent, delete=False) as file:
            file.write(document.model_dump_json(by_alias=True).encode())
            file.flush()
            os.fsync(file.fileno())
        os.replace(file.name, self.path)
        forget_oldest(self.path.parent)

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the folder, so that of two runs neither loses what the other adds."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(self.path.parent.parent / "refused.lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)


def last_ones(refused: dict[str, Refusal]) -> dict[str, Refusal]:
    """Of too many refusals, or too large ones, the last, in their order."""
    kept: list[tuple[str, Refusal]] = []
    size = 0
    for key, item in reversed(refused.items()):
        size += len(item.inputs)
        if size > MOST_IN_ALL or len(kept) >= MOST:
            break
        kept.append((key, item))
    return dict(reversed(kept))


def remembered_in(session: Session, code_key: Callable[[str], str], say: Say) -> Remembered:
    """What is remembered of a session's target: of one text of its file, one version of perfbot
    and of the interpreter or compiler, one tests' command and workload, one strictness.

    Other files of the project may have changed since: the input is tried on what is there now.
    """
    project, target, settings = session.baseline.project, session.target, session.settings
    parts: list[object] = [
        perfbot.__version__,
        own_digest(),
        target.language,
        target.path,
        target.qualname,
        target.file_source,
        project.tests,
        project.build,
        *language_of(target).tools(project, target),
        ask(project.python).version,
        None if session.workload is None else session.workload.sha256,
        settings.relaxations(),
    ]
    name = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
    return Remembered(cache_folder() / "refused" / name, code_key, say)


def _text(text: str) -> str:
    """Without lone surrogates, which JSON readers refuse."""
    return text.encode("utf-8", "backslashreplace").decode()
