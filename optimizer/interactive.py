"""`--interactive`: a person steers the search, at a terminal or through a pipe.

Answers stand in the ledger before anything is done about them: a run that is killed asks the open
question again, and none that was answered. All is shown on standard error: standard output is for
results.
"""

import difflib
import json
import os
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from typing import IO

from perfbot.agents.scrub import scrubbed
from perfbot.agents.steering import ACCEPT, HINT, REJECT, SKIP, Answer, Question
from perfbot.optimizer.config import Options
from perfbot.optimizer.ledger import Ledger
from perfbot.optimizer.report import plain, render_verdict
from perfbot.sandbox.errors import InterruptedRunError, UsageError
from perfbot.sandbox.target import Target

QUIT, HELP = "quit", "help"
WORDS = (ACCEPT, REJECT, HINT, SKIP, QUIT, HELP)
MOST_CHARACTERS = 2000
"""Of a reason or a hint: it stands in every later prompt."""
CONTEXT_LINES = 3
_ABOUT_EDIT = "accept | reject REASON | hint TEXT | skip | quit"
_ABOUT_ROUND = "hint TEXT | skip | quit"
_HELP = """  accept         end the search here; this edit is verified afresh and committed
  reject REASON  never choose this edit nor build on it; a model is told the reason
  hint TEXT      a sentence for the model's next prompts
  skip           go on
  quit           stop here; `perfbot resume RUN` asks again
The first letter is enough.
"""
_PREFIX = "person "


@dataclass(frozen=True, slots=True)
class Said:
    """An answer on record; `number` counts from 1 in the order they were given."""

    number: int
    key: str
    edit: str | None
    word: str
    text: str


class NotAnAnswerError(Exception):
    """A line that is no answer to what was asked; `problem` says what is wrong with it.

    After a `harmless` one the next line is the answer, even where nobody can mend it.
    """

    def __init__(self, problem: str, *, harmless: bool = False) -> None:
        self.problem = problem
        self.harmless = harmless
        super().__init__(problem)


def require_person(options: Options) -> None:
    """Make sure, before any work, that somebody can answer. Raises: UsageError where nobody can."""
    if not options.interactive:
        return
    if not can_answer():
        raise UsageError(
            "--interactive needs a terminal, or answers on standard input, one a line",
            "run it in a terminal, or pipe answers: printf 'skip\\naccept\\n' | perfbot ...",
        )
    if isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")  # a line that is no UTF-8 is no answer, no crash


def can_answer() -> bool:
    """Whether standard input is a terminal, a pipe, a socket or a file (/dev/null is none)."""
    try:
        mode = os.fstat(0).st_mode
    except OSError:
        return False
    piped = stat.S_ISFIFO(mode) or stat.S_ISREG(mode) or stat.S_ISSOCK(mode)
    return piped or os.isatty(0)


def said(ledger: Ledger) -> list[Said]:
    """What a person answered in a run so far, in order."""
    found = [Said(**json.loads(text)) for text in ledger.notes(_PREFIX).values()]
    return sorted(found, key=lambda item: item.number)


def wishes(ledger: Ledger) -> list[str]:
    """What a model is to know of it: every hint, and why edits were rejected."""
    return [_wish(item, ledger) for item in said(ledger) if item.word in (HINT, REJECT)]


def _wish(item: Said, ledger: Ledger) -> str:
    if item.word == HINT or item.edit is None:
        return item.text
    return f"The edit {ledger.edit(item.edit).title!r} is not wanted: {item.text}"


def answer_in(line: str, question: Question, *, gives_hints: bool) -> Answer | None:
    """The answer that a line holds; None for `quit`.

    Raises: NotAnAnswerError for `help` and for what is no answer to this question.
    """
    word, *rest = plain(line).split() or [""]
    text = " ".join(rest)
    known = [item for item in WORDS if item == word.lower() or item[0] == word.lower()]
    allowed = _ABOUT_EDIT if question.edit else _ABOUT_ROUND
    if not known:
        raise NotAnAnswerError(f"{word!r} is no answer; one of: {allowed}")
    (word,) = known
    if word == HELP:
        raise NotAnAnswerError(_HELP.rstrip(), harmless=True)
    if question.edit is None and word in (ACCEPT, REJECT):
        raise NotAnAnswerError(f"there is no edit to {word}; one of: {allowed}")
    if word == HINT and not gives_hints:
        problem = "a hint is of no use: the rules alone propose, and they read none"
        raise NotAnAnswerError(problem, harmless=True)
    if word in (REJECT, HINT) and not text:
        raise NotAnAnswerError(f"{word} what? say {'why' if word == REJECT else 'what to try'}")
    if word in (ACCEPT, SKIP, QUIT) and text:
        raise NotAnAnswerError(f"{word} takes no text; one of: {allowed}")
    if len(text) > MOST_CHARACTERS:
        raise NotAnAnswerError(f"at most {MOST_CHARACTERS} characters, not {len(text)}")
    return None if word == QUIT else Answer(word, scrubbed(text))


@dataclass(frozen=True, slots=True)
class Steering:
    """The person of one run. Satisfies `agents.steering.Person`."""

    ledger: Ledger
    target: Target
    gives_hints: bool

    def answer(self, question: Question) -> Answer:
        """The answer on record, or a new one, which is on record before it is returned.

        Raises:
            InterruptedRunError: `quit`, or the end of the input; the question stays open.
            UsageError: a line from a pipe that is no answer.
        """
        earlier = {item.key: item for item in said(self.ledger)}
        if question.key in earlier:
            return Answer(earlier[question.key].word, earlier[question.key].text)
        self.show(question, sys.stderr)
        found = self.ask(question)
        row = Said(len(earlier) + 1, question.key, question.edit, found.word, found.text)
        document = {name: getattr(row, name) for name in Said.__slots__}
        self.ledger.set_note(f"{_PREFIX}{question.key}", json.dumps(document))
        return found

    def ask(self, question: Question) -> Answer:
        """Read lines until one is an answer."""
        for line in self.lines(question):
            try:
                found = answer_in(line, question, gives_hints=self.gives_hints)
            except NotAnAnswerError as problem:
                self.object(line, problem)
                continue
            if found is None:
                break
            return found
        raise InterruptedRunError("a question is left open")

    def lines(self, question: Question) -> Iterator[str]:
        """The lines of standard input that say something, until it ends."""
        while True:
            choices = _ABOUT_EDIT if question.edit else _ABOUT_ROUND
            print(f"{choices} > ", end="", file=sys.stderr, flush=True)
            line = sys.stdin.readline()
            if not os.isatty(0):
                print(plain(line.rstrip("\n")), file=sys.stderr, flush=True)
            if not line:
                return
            if line.strip():
                yield line

    def object(self, line: str, found: NotAnAnswerError) -> None:
        """Say what is wrong with a line. Raises: UsageError where nobody is there to mend it."""
        if not os.isatty(0) and not found.harmless:
            raise UsageError(
                f"the answer {plain(line.strip())[:80]!r} from standard input: {found.problem}",
                f"perfbot resume {self.ledger.folder.name} asks again",
            )
        print(found.problem, file=sys.stderr, flush=True)

    def show(self, question: Question, stream: IO[str]) -> None:
        """The diff and the evidence of an edit, or that a round brought none."""
        if question.edit is None:
            print("\nNo edit of this round was accepted.", file=stream, flush=True)
            return
        trial = self.ledger.measured(question.edit)
        assert trial is not None
        print(f"\n{self.diff(trial.edit.file_source)}", file=stream)
        render_verdict(trial, self.target, stream=stream)

    def diff(self, after: str) -> str:
        """From the original to an edit, as unified diffs say it."""
        path = self.target.path
        before = self.target.file_source
        found = difflib.unified_diff(
            before.splitlines(), after.splitlines(), f"a/{path}", f"b/{path}", "", "",
            CONTEXT_LINES, "",
        )  # fmt: skip
        return plain("\n".join(found))
