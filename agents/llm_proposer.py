"""The proposer that asks a language model: prompt, reply, edit; one round of repair."""

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from perfbot.agents.asker import Asker, OutOfBudgetError
from perfbot.agents.calls import Call, Message
from perfbot.agents.context import FENCES, LANGUAGES, REQUIRED, Section, prompt
from perfbot.agents.feedback import tried, wished
from perfbot.agents.proposal import Proposal
from perfbot.agents.reply_edits import ReplyEdit, edit_from_reply, target_in
from perfbot.agents.search import ProposalSpec
from perfbot.agents.styles import in_style
from perfbot.agents.templates import fenced, rendered
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.errors import PerfbotError
from perfbot.sandbox.target import Target

CLOSED = "what is left of the budget does not pay for another reply"
_FIRST = "Make it faster."
_AGAIN = (
    "Make it faster still, in another way than was tried. "
    "A refused edit may be mended if its idea is right."
)
_FORM = (
    "Reply with the whole new source of `{name}` in one ```{fence} block, then the lines `Change:` "
    "and `Why:`."
)
"""A prompt's last words, and code before words in the reply: asked for `Change:` first, a model of
half a billion parameters wrote no code after it in 14 of 16 replies, and in 3 of 12 this way."""
_WORTH = 65
"""Of where the best version's time goes: more than tests, less than the original's own."""
_READ = frozenset({"", "truncated"})
"""Faults of a reply in which there may be code all the same."""


@dataclass(slots=True)
class ModelProposer:
    """Asks for `samples` edits per request, side by side."""

    target: Target
    asker: Asker
    background: Sequence[Section]
    samples: int = 1
    prompt_tokens: int = 12_000
    say: Callable[[str], None] = lambda _text: None
    wishes: Callable[[], Sequence[str]] = tuple
    """What a person has said of the search so far."""
    time_of: Callable[[Edit], tuple[str, str]] = lambda _edit: ("", "")
    """(title, text) of where the time of a version goes; the same whenever it is asked."""
    others: Mapping[str, Asker] = field(default_factory=dict)
    """Further models that a request may name."""
    problems: int = field(default=0)
    """Replies of this process of which no edit could be made."""
    counting: threading.Lock = field(default_factory=threading.Lock)

    def propose(self, spec: ProposalSpec) -> list[Proposal] | None:
        """The edits that the model suggests on top of `spec.parent`, each once.

        None when the budget did not pay for a single reply; the account is closed then.

        Raises: PerfbotError when the model cannot be reached or used.
        """
        archive = self.asker.account.archive
        parent = archive.edit(spec.parent)
        asker = self.others.get(spec.model or "", self.asker)
        failures: list[PerfbotError] = []
        unpaid = 0
        found: dict[str, Proposal] = {}
        self.own_time(parent)  # once, before all the prompts that tell it
        with ThreadPoolExecutor(self.samples) as pool:
            waiting = [
                pool.submit(self.sample, asker, f"{spec.key}#{number}", parent, spec.style)
                for number in range(self.samples)
            ]
            for future in waiting:
                try:
                    proposal = future.result()
                except OutOfBudgetError:
                    unpaid += 1
                except PerfbotError as error:
                    failures.append(error)
                else:
                    if proposal is not None:
                        found.setdefault(proposal.edit.id, proposal)
        if failures:
            raise failures[0]
        if unpaid:
            self.asker.account.closed = CLOSED
        self.say(f"{asker.model.name}: {len(found)} edits of {self.samples - unpaid} replies")
        return None if unpaid == self.samples else list(found.values())

    def sample(self, asker: Asker, key: str, parent: Edit, style: str) -> Proposal | None:
        """One reply's edit, or None where nothing could be made of it."""
        messages = self.messages(parent, self.prompt_tokens, style)
        call = asker.ask(key, messages)
        if call.fault == "context_too_long":
            key = f"{key}/short"
            messages = self.messages(parent, self.prompt_tokens // 4, style)
            call = asker.ask(key, messages)
        read = self.read(call, parent)
        if read.mendable:
            key = f"{key}/repair"
            try:
                call = asker.ask(key, self.repair(messages, call.reply, read.problem))
            except OutOfBudgetError:
                self.note(read.problem)
                return None
            read = self.read(call, parent)
        if read.edit is None:
            self.note(read.problem)
            return None
        return Proposal(read.edit, "llm", read.reason, call=key)

    def read(self, call: Call, parent: Edit) -> ReplyEdit:
        """What a call's reply asks for."""
        if call.fault not in _READ:
            return ReplyEdit(None, problem=call.detail)
        if call.fault == "truncated" and call.reply.count("```") < 2:
            # What there is of the function may even parse, without its last lines.
            return ReplyEdit(None, problem=call.detail, mendable=True)
        title = f"rewritten by {call.model.rpartition('/')[2]}"
        read = edit_from_reply(self.target, call.reply, parent=parent, title=title)
        if read.edit is None and call.fault:
            problem = f"{call.detail}; {read.problem}"
            return ReplyEdit(None, problem=problem, mendable=True)
        return read

    def note(self, problem: str) -> None:
        """Count a reply without an edit, and say why it has none."""
        with self.counting:
            self.problems += 1
        self.say(f"  a reply without an edit: {problem[:100]}")

    def messages(self, parent: Edit, most_tokens: int, style: str = "") -> tuple[Message, ...]:
        """The prompt: what is stable first, then the edit to build on, then what was tried."""
        fence = FENCES[self.target.language]
        system = rendered("system", language=LANGUAGES[self.target.language], fence=fence)
        sections = list(self.background)
        if parent.file_source != self.target.file_source:
            text = fenced(target_in(self.target, parent.file_source).source, fence)
            beside = _beside(self.target, parent)
            sections.append(Section("The best version so far", text + beside, REQUIRED))
            sections += self.own_time(parent)
        form = _FORM.format(name=self.target.qualname, fence=fence)
        history = tried(self.target, self.asker.account.archive.trials(), best=parent.id)
        sections += [*history, *wished(self.wishes())]
        request = in_style(f"{_AGAIN if history else _FIRST} {form}", style)
        return prompt(self.target, system, sections, request, most_tokens)

    def own_time(self, parent: Edit) -> list[Section]:
        """Where the time of the version to build on goes, if it is not the original."""
        if parent.file_source == self.target.file_source:
            return []
        title, told = self.time_of(parent)
        return [Section(f"{title}: the best version", fenced(told), _WORTH)] if told else []

    def repair(
        self, messages: tuple[Message, ...], reply: str, problem: str
    ) -> tuple[Message, ...]:
        """The same conversation, with what is wrong with the reply."""
        text = rendered(
            "repair",
            problem=problem,
            qualname=self.target.qualname,
            fence=FENCES[self.target.language],
        )
        return (*messages, Message("assistant", reply), Message("user", text))


def _beside(target: Target, parent: Edit) -> str:
    """The lines that an edit added outside the function: its helpers and imports."""
    known = set(target.file_source.splitlines())
    after = target_in(target, parent.file_source)
    data = parent.file_source.encode()
    outside = (data[: after.start_byte] + b"\n" + data[after.end_byte :]).decode().splitlines()
    added = "\n".join(line for line in outside if line.strip() and line not in known)
    fence = FENCES[target.language]
    return f"\n\nBeside it in the file stands:\n\n{fenced(added, fence)}" if added else ""
