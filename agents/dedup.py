"""Equal proposals of a run are judged once: the second is refused as the first's twin.

Twins are equal by their code (`sandbox/fingerprint.py`), not by what they answer on some inputs:
only then are the gates' findings about one also true of the other. A twin inherits a refusal with
its reason and counterexample. It inherits nothing else: where the first was accepted, the second
is refused as no faster than that, and the first is what the search goes on with.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from perfbot.agents.search import Archive
from perfbot.agents.steering import was_rejected
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.trial import Trial
from perfbot.sandbox.verdict import Evidence, Status

BY_TEXT = frozenset(("scope", "policy", "suite", "coverage"))
"""Gates that read the text, or count its lines; and a project's tests may read it, too."""
SHOWN = 12
"""So many characters of an edit's id are shown."""


@dataclass(slots=True)
class Twins:
    """Finds the edit that was judged before and is the same code. Rebuilt from the archive alone,
    so that a resumed run goes on as it would have."""

    archive: Archive
    code_key: Callable[[str], str]
    """A file's text -> what it is apart from how it is written (`Language.code_key`)."""
    keys: dict[str, str] = field(default_factory=dict)
    """The code keys of edits, by the edit's id."""

    def judged_before(self, edit: Edit) -> Trial | None:
        """The first trial of the same code that says something about it, or None."""
        wanted = self.key(edit)
        for trial in self.archive.trials():
            if trial.edit.id != edit.id and tells(trial) and self.key(trial.edit) == wanted:
                return trial
        return None

    def key(self, edit: Edit) -> str:
        """The code key of an edit; found out once."""
        if edit.id not in self.keys:
            self.keys[edit.id] = self.code_key(edit.file_source)
        return self.keys[edit.id]


def tells(trial: Trial) -> bool:
    """Whether a trial's verdict is about its code: not where it may be about how that is written
    (a person may have refused it for that, too), nor where the sandbox broke down, nor where the
    edit was refused as somebody's twin, for that one tells the same."""
    decisive = trial.verdict.decisive
    if decisive is None:
        return True
    if was_rejected(trial) or decisive.gate in BY_TEXT:
        return False
    return "sandbox_failed" not in decisive.data and "twin" not in decisive.data


def as_its_twin(trial: Trial) -> Evidence:
    """What the gate `dedup` says of an edit whose code `trial` has judged: refused, always."""
    decisive = trial.verdict.decisive
    refuted = trial.decision == "refuted"
    by = f" by the gate {decisive.gate}" if decisive is not None and refuted else ""
    fate = {
        "survived": "waits for the clock",
        "accepted": "is accepted",
        "not_faster": "is not faster",
    }.get(trial.decision, f"was {trial.decision}{by}")
    why = "" if trial.decision in ("survived", "accepted") else f": {trial.reason}"
    name = trial.edit.title or trial.edit.origin
    return Evidence(
        "dedup",
        Status.REFUTED if refuted else Status.UNKNOWN,
        f"the same code as the edit {trial.edit.id[:SHOWN]} ({name}), which {fate}{why}",
        counterexample=decisive.counterexample if decisive is not None and refuted else None,
        data={
            "twin": trial.edit.id,
            "twin_gate": decisive.gate if decisive is not None else None,
            "decision": trial.decision,
        },
    )
