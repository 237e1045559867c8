"""An adversary: a model that sees an edit and writes inputs meant to break it, nothing else.

What it writes is a program's text. Nothing of it runs here: `sandbox/written.py` does that. Its
silence, a reply without a program and a budget that is used up are data, and change no verdict.
"""

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from perfbot.agents.asker import Asker, OutOfBudgetError
from perfbot.agents.calls import Message
from perfbot.agents.context import LANGUAGES, REQUIRED, Section, prompt
from perfbot.agents.replies import defines, fenced_blocks, parsed, without_chat_tokens
from perfbot.agents.templates import fenced, rendered
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.errors import InterruptedRunError, PerfbotError
from perfbot.sandbox.target import Target

_AROUND = 40
"""Lines shown around what the edit changes: most functions are then there whole."""
_REQUEST = (
    "Write inputs on which the edit may differ from the original. Reply in the form asked for."
)


@dataclass(frozen=True, slots=True)
class Program:
    """The text of a program with `cases()`; empty where there is none, and `problem` says why."""

    source: str
    problem: str = ""


@dataclass(slots=True)
class Adversary:
    """Asks one model for inputs against one edit at a time."""

    target: Target
    asker: Asker
    background: Sequence[Section]
    most_inputs: int
    prompt_tokens: int = 12_000
    say: Callable[[str], None] = lambda _text: None
    gone: str = field(default="")
    """Why it is not asked any more: it cannot be reached, or used."""

    def write(self, edit: Edit) -> Program:
        """The program that it writes against `edit`; a recorded one is not asked for again.

        Raises: InterruptedRunError.
        """
        if self.gone:
            return Program("", f"the adversary is not asked any more: {self.gone}")
        try:
            call = self.asker.ask(f"adversary/{edit.id}", self.messages(edit))
        except OutOfBudgetError:
            return Program("", "what is left of the budget does not pay for the adversary")
        except InterruptedRunError:
            raise
        except PerfbotError as error:
            self.gone = error.happened
            self.say(f"warning: no adversary: {error.happened}")
            return Program("", f"the adversary cannot be asked: {error.happened}")
        source = program_in(call.reply)
        if source:
            return Program(source)
        why = f" ({call.detail})" if call.fault else ""
        return Program("", f"the adversary's reply has no program with cases(){why}")

    def messages(self, edit: Edit) -> tuple[Message, ...]:
        """The prompt: what is stable first, then the edit as a diff."""
        language = LANGUAGES[self.target.language]
        system = rendered("adversary", language=language, most=self.most_inputs)
        before, after = self.target.file_source, edit.file_source
        lines = difflib.unified_diff(
            before.splitlines(), after.splitlines(), "original", "edit", n=_AROUND, lineterm=""
        )
        shown = Section("The edit", fenced("\n".join(lines), "diff"), REQUIRED)
        sections = [*self.background, shown]
        return prompt(self.target, system, sections, _REQUEST, self.prompt_tokens)


def program_in(reply: str) -> str:
    """The first block of a reply that is Python and defines `cases`; "" where none does."""
    text = without_chat_tokens(reply)
    for block in [*fenced_blocks(text), text]:
        tree = parsed(block)
        if tree is not None and any("cases" in defines(node) for node in tree.body):
            return block
    return ""
