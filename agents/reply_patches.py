"""SEARCH/REPLACE blocks and unified diffs in a model's reply, applied to a file's text.

Models miscount the lines of hunks, drop trailing spaces and shift indentation: so line numbers
are ignored, and what is sought is found by its lines, once, wherever it is. The gates judge the
result; here it only has to be clear what was meant.
"""

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from perfbot.sandbox.errors import UsageError

_BLOCK = re.compile(
    r"^[ \t]*<{5,9}[ \t]*SEARCH\b[^\n]*\n(.*?)"
    r"^[ \t]*={5,9}[ \t]*\n(.*?)"
    r"^[ \t]*>{5,9}[ \t]*REPLACE\b",
    re.MULTILINE | re.DOTALL,
)
_DIFF_FENCE = re.compile(r"^[ \t]*```(?:diff|patch)[ \t]*\n(.*?)(?:^[ \t]*```|\Z)", re.M | re.S)
_HUNK = re.compile(r"^@@.*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Replacement:
    """Lines to find, and the lines to put in their place."""

    old: str
    new: str


def replacements_in(reply: str) -> list[Replacement]:
    """Every SEARCH/REPLACE block of a reply; where there is none, every hunk of its diffs."""
    reply = reply.replace("\r\n", "\n")
    blocks = [Replacement(found[1], found[2]) for found in _BLOCK.finditer(reply)]
    return blocks or list(_hunks(reply))


def applied(source: str, replacements: list[Replacement], *, near: tuple[int, int]) -> str:
    """`source` (with plain newlines) after every replacement, in order.

    Of several places that match, the one that overlaps the lines `near` (0-based, the second not
    included) counts.

    Raises:
        UsageError: what is sought is not there, or in several places.
    """
    lines = source.split("\n")
    first, last = near
    for item in replacements:
        old, new = _lines(item.old), _lines(item.new)
        at, new = _place(lines, old, new, (first, last))
        lines[at : at + len(old)] = new
        if at < last:
            last += len(new) - len(old)
    return "\n".join(lines)


def _lines(text: str) -> list[str]:
    lines = [line.rstrip() for line in text.split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    while lines and not lines[0]:
        lines.pop(0)
    return lines


def _place(
    lines: list[str], old: list[str], new: list[str], near: tuple[int, int]
) -> tuple[int, list[str]]:
    """Where `old` stands, and `new` with the indentation that it needs there."""
    if not old:
        raise UsageError("a block of the reply seeks nothing", "Quote the lines to replace.")
    plain = [line.rstrip() for line in lines]
    count = len(old)
    places = [at for at in range(len(lines) - count + 1) if plain[at : at + count] == old]
    shift = ""
    if not places:
        wanted = _flush(old)
        places = [
            at
            for at in range(len(lines) - count + 1)
            if plain[at].strip() == wanted[0].strip() and _flush(plain[at : at + count]) == wanted
        ]
        if places:
            new, shift = _flush(new, like=old), _margin(plain[places[0] : places[0] + count])
    if len(places) > 1:
        places = [at for at in places if at < near[1] and at + count > near[0]] or places
    if not places:
        raise UsageError(
            f"the lines that the reply wants to replace are not in the file: {old[0].strip()!r}",
            "Quote them exactly, or give the whole function.",
        )
    if len(places) > 1:
        raise UsageError(
            f"the lines that the reply wants to replace are there {len(places)} times: "
            f"{old[0].strip()!r}",
            "Quote more lines around them, or give the whole function.",
        )
    return places[0], [shift + line if line and shift else line for line in new]


def _margin(lines: list[str]) -> str:
    """The indentation that all lines share."""
    text = "\n".join(lines)
    flush = textwrap.dedent(text)
    return text[: len(text.split("\n")[0]) - len(flush.split("\n")[0])]


def _flush(lines: list[str], like: list[str] | None = None) -> list[str]:
    """The lines without the indentation that they (or `like`) share."""
    margin = _margin(like if like is not None else lines)
    return [line.removeprefix(margin) for line in lines]


def _hunks(reply: str) -> Iterator[Replacement]:
    """Each hunk of each diff: fenced as one, or with its headers among the text."""
    fenced = _DIFF_FENCE.findall(reply)
    for diff in fenced or ([reply] if _HUNK.search(reply) else []):
        parts = _HUNK.split(diff)
        for part in parts[1:] if len(parts) > 1 else parts:
            old: list[str] = []
            new: list[str] = []
            changed = False
            for line in part.strip("\n").split("\n"):
                if line.startswith(("--- ", "+++ ", "diff ", "index ", "\\", "```")):
                    continue
                if line[:1] == "+":
                    new.append(line[1:])
                elif line[:1] == "-":
                    old.append(line[1:])
                else:
                    text = line[1:] if line[:1] == " " else line
                    old.append(text)
                    new.append(text)
                changed = changed or line[:1] in ("+", "-")
            if changed:
                yield Replacement("\n".join(old), "\n".join(new))
