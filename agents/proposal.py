"""A Proposal: an edit that somebody suggests, with the strategy behind it and why it helps."""

from dataclasses import dataclass

from perfbot.sandbox.edit import Edit


@dataclass(frozen=True, slots=True)
class Proposal:
    """An edit nobody has judged yet."""

    edit: Edit
    strategy: str
    """What kind of change it is, e.g. the rule's name."""
    reason: str
    """One sentence: why it should be faster."""
    call: str = ""
    """The key of the call to a model whose reply it is; empty for a rule's."""
