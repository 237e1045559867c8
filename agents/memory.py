"""Earlier edits that paid, shown to a model as examples: which of them, and how.

Chosen by two likenesses to the function at hand, each Jaccard's index: of the syntax (runs of three
tokens, names made alike; after Broder, "On the resemblance and containment of documents", 1997,
section 2) and of the bottlenecks (`bottlenecks.py`). What is shown was written by others: it stands
in fences that it cannot close, and its title on one line without marks.
"""

import builtins
import functools
import keyword
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from perfbot.agents.bottlenecks import bottlenecks
from perfbot.agents.context import FENCES, Section
from perfbot.agents.templates import fenced, rendered

MOST = 3
"""Examples in a prompt: more of them would cost more than they show."""
LEAST = 0.25
"""Below this likeness an example would be about something else."""
LARGEST = 4000
"""Characters of an example, before and after together; a longer one is left out, not cut."""
_WORTH = 66
"""Of the likest example in a prompt; the next is worth one less."""
_WORDS = 160
_FOLDER = Path(__file__).parent / "examples"
_TOKEN = re.compile(
    r"(?P<comment>\#(?!include|define|if|endif|else)[^\n]*|//[^\n]*|/\*.*?\*/)"
    r'|(?P<text>[rbfuRBFU]{0,2}(?:"""(?:\\.|[^\\])*?"""'
    r"|'''(?:\\.|[^\\])*?'''|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'))"
    r"|(?P<number>\d[\w.]*)|(?P<name>[A-Za-z_]\w*)|(?P<sign>[^\s\w])",
    re.DOTALL,
)
_CPP_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_KEPT = frozenset(
    {
        *(*keyword.kwlist, *(name for name in dir(builtins) if name.islower())),
        *("auto", "bool", "char", "const", "do", "double", "float", "int", "long", "size_t"),
        *("static", "std", "string", "struct", "switch", "unsigned", "vector", "void"),
    }
)
"""Names that mean the same in every function; others are the author's own."""


@dataclass(frozen=True, slots=True)
class Example:
    """One edit that was accepted, or one of those that perfbot ships."""

    name: str
    """A commit's id, or the shipped example's name: what the record calls it."""
    title: str
    why: str
    before: str
    """The function's text, and nothing else of its file."""
    after: str
    """The function's new text, with the imports and helpers that it brought."""
    language: str
    gain: float | None = None
    """How many times faster it became; None for a shipped one."""


def alike(source: str, example: Example, language: str) -> float:
    """How like a function's text an example's original is, from 0 to 1."""
    if _family(language) != _family(example.language):
        return 0.0
    syntax = _jaccard(shingles(source, language), shingles(example.before, language))
    costs = _jaccard(bottlenecks(source, language), bottlenecks(example.before, language))
    return (syntax + costs) / 2


def recalled(source: str, language: str, examples: Sequence[Example]) -> list[Example]:
    """The examples most like a function's text, the likest first; of those alike the first given.

    Of equal edits one is shown; one that is too long, or too little alike, is not.
    """
    fitting: dict[tuple[str, str], Example] = {}
    for item in examples:
        if len(item.before) + len(item.after) <= LARGEST:
            fitting.setdefault((item.before, item.after), item)
    scored = [(alike(source, item, language), item) for item in fitting.values()]
    scored.sort(key=lambda pair: pair[0], reverse=True)
    return [item for score, item in scored if score >= LEAST][:MOST]


def shown(examples: Sequence[Example]) -> list[Section]:
    """A section of the prompt for each example, worth less and less."""
    return [
        Section(f"Example {number} of an edit that paid", _text(item), _WORTH - number)
        for number, item in enumerate(examples, 1)
    ]


@functools.cache
def shipped() -> tuple[Example, ...]:
    """The examples that come with perfbot (`agents/examples/`); a test runs each."""
    found = []
    for path in sorted(_FOLDER.glob("*.toml")):
        for item in tomllib.loads(path.read_text(encoding="utf-8"))["example"]:
            found.append(Example(language=path.stem, **item))
    return tuple(found)


def shingles(source: str, language: str) -> frozenset[tuple[str, ...]]:
    """The runs of three tokens of a text, without its comments and its own names."""
    tokens = list(_tokens(source, language))
    return frozenset(zip(tokens, tokens[1:], tokens[2:], strict=False))


def _tokens(source: str, language: str) -> list[str]:
    if language != "python":
        source = _CPP_COMMENT.sub(" ", source)
    found: list[str] = []
    for match in _TOKEN.finditer(source):
        kind, text = match.lastgroup, match[0]
        if kind == "comment" and language == "python" and not text.startswith("#"):
            found += text  # `//` and `/*` are no comments there
        elif kind == "name":
            own = text not in _KEPT and found[-1:] not in (["."], [":"])
            found.append("name" if own else text)
        elif kind != "comment":
            found.append(text if kind == "sign" else str(kind))
    return found


def _jaccard(one: frozenset[object], other: frozenset[object]) -> float:
    union = one | other
    return len(one & other) / len(union) if union else 0.0


def _family(language: str) -> str:
    return "cpp" if language == "c" else language


def _text(example: Example) -> str:
    fence = FENCES[example.language]
    return rendered(
        "example",
        title=plain(example.title),
        why=plain(example.why).rstrip("."),
        gain="" if example.gain is None else f"{example.gain:.2f}x faster",
        before=fenced(example.before, fence),
        after=fenced(example.after, fence),
    ).strip()


def plain(text: str) -> str:
    """The text on one line, without what has a meaning in a prompt's format."""
    printable = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(re.sub(r"[`~#<>]+", " ", printable).split())[:_WORDS]
