"""An Edit: the target's file with the target replaced (and imports or helpers beside it)."""

import hashlib
from dataclasses import dataclass, field

from perfbot.sandbox.target import Target


@dataclass(frozen=True, slots=True)
class Edit:
    """The whole new text of the target's file: these bytes are verified, and these committed."""

    file_source: str
    title: str = ""
    """What was done, as the commit's subject says it: `list membership -> set`."""
    origin: str = "patch"
    """Who proposed it: `patch`, `rules`, `llm`, `replay`."""
    parent: str | None = None
    """`id` of the edit this one builds on, None for the original."""
    notes: tuple[str, ...] = field(default=())
    """What was normalised on the way in (a docstring kept, a parameter's name restored)."""

    @property
    def id(self) -> str:
        """The content's SHA-256: equal texts are the same edit, whoever proposed them."""
        return hashlib.sha256(self.file_source.encode()).hexdigest()


def baseline(target: Target) -> Edit:
    """The empty edit: the original, which takes the same path as every other edit."""
    return Edit(target.file_source, title="baseline", origin="baseline")
