"""What differs between the languages of targets: one Protocol, and a module per language.

All the rest of the judgement (inputs, comparison, replay, fuzz, the clock) is the same for each.
"""

import importlib
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol, cast

from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.scope import Scope
from perfbot.sandbox.inputs.signature import Signature
from perfbot.sandbox.project import Project
from perfbot.sandbox.settings import Settings
from perfbot.sandbox.suite import SuiteRun
from perfbot.sandbox.target import Target
from perfbot.sandbox.verdict import Evidence

if TYPE_CHECKING:
    from perfbot.sandbox.baseline import Baseline
    from perfbot.sandbox.candidate import Candidate
    from perfbot.sandbox.guards import Guard
    from perfbot.sandbox.oracle import Oracle
    from perfbot.sandbox.outcome import Outcome
    from perfbot.sandbox.strength import Strength
    from perfbot.sandbox.worker import Zygote

MODULES = {
    "python": "perfbot.sandbox.python_language",
    "cpp": "perfbot.sandbox.cpp.language",
    "c": "perfbot.sandbox.cpp.language",
}


class Language(Protocol):
    """What the judge asks of a target's language."""

    def tools(self, project: Project, target: Target) -> tuple[str, ...]:
        """What on this machine a baseline depends on besides the interpreter, as texts."""

    def signature(self, project: Project, target: Target) -> Signature:
        """The target's parameters, annotated as in Python."""

    def scope(self, project: Project, target: Target) -> Scope:
        """What the names in those annotations stand for."""

    def new_literals(self, before: str, after: str) -> tuple[object, ...]:
        """The constants in `after` that `before` lacks; an empty `before` has none."""

    def more_characters(self) -> tuple[str, ...]:
        """What a text may hold besides Unicode's characters."""

    def twins(self, baseline: "Baseline") -> Iterator[Arguments]:
        """Observed inputs with elements of other types, where elements may be anything."""

    def retyped(self, baseline: "Baseline", edit_source: str) -> Iterator[Arguments]:
        """Observed inputs with elements of the types that an edit newly asks about."""

    def stated(self, baseline: "Baseline") -> tuple[dict[str, int], Signature]:
        """The least ints that the text allows, and the signature with what is enforced marked."""

    def code_key(self, project: Project, file_source: str) -> str:
        """Equal for texts of one file that do the same in the same time by their code alone."""

    def guards(self, baseline: "Baseline", edit_source: str) -> Sequence["Guard"]:
        """Conditions of the edit that inputs can be made to meet."""

    def ways(self, target: Target, outcome: "Outcome") -> list[str]:
        """In which ways a call with this outcome can be looked at more closely."""

    def open_oracle(
        self, project: Project, target: Target, hash_seeds: tuple[int, int] | None = None
    ) -> "Oracle":
        """What asks the original."""

    def open_zygote(
        self,
        project: Project,
        target: Target,
        *,
        hash_seed: int,
        imports: Sequence[str] = (),
        cpu: int | None = None,
    ) -> "Zygote":
        """A sandbox from which workers are forked that load versions of the target."""

    def shared_imports(self, file_source: str) -> tuple[str, ...]:
        """What a version of the file needs and every version may share."""

    def run_suite(
        self,
        project: Project,
        target: Target,
        *,
        source: str | None = None,
        capture: bool = False,
        wall_s: float,
    ) -> SuiteRun:
        """The project's tests, run on a copy with `source` as the target's file."""

    def documented_calls(self, project: Project, target: Target) -> Sequence[bytes]:
        """The calls of the target that its documentation makes."""

    def gates(self, settings: Settings) -> "tuple[Gate, ...]":
        """The gates in their order."""

    def strength(self, baseline: "Baseline") -> "Strength":
        """How well the inputs tell mutants from the original."""

    def where_time_goes(self, baseline: "Baseline", version: Target) -> tuple[str, str]:
        """(title, text): what a model should know of the time of a version; "" where nothing."""

    def snippet(
        self, project: Project, target: Target, edit_source: str, inputs: bytes, way: str
    ) -> str:
        """A counterexample as something to run outside perfbot."""


Gate = Callable[["Candidate"], Evidence]


def language_of(target: Target) -> Language:
    """The module that speaks the target's language."""
    return cast(Language, importlib.import_module(MODULES[target.language]))
