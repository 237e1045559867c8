"""Unified diffs of one file."""

import itertools
import re
from dataclasses import dataclass

from perfbot.sandbox.errors import UsageError

_HUNK = re.compile(r"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")


class OutsideTargetError(UsageError):
    """A diff that changes other files than the target's: an edit that scope refuses."""


@dataclass(frozen=True, slots=True)
class _Hunk:
    line: int
    """Where it begins in the old text, 0-based, as the diff says."""
    old: tuple[str, ...]
    new: tuple[str, ...]


def is_diff(text: str) -> bool:
    """Whether a text is a unified diff: it has file headers or a hunk's header."""
    lines = text.splitlines()
    headers = any(
        first.startswith("--- ") and second.startswith("+++ ")
        for first, second in itertools.pairwise(lines)
    )
    return headers or any(_HUNK.match(line) for line in lines)


def apply_diff(source: str, diff: str, path: str) -> str:
    """Return `source`, the text of `path`, with a unified diff applied.

    A hunk whose line numbers are off is put where its lines stand, if they stand there once.

    Raises:
        OutsideTargetError: the diff is of another file, or of more files.
        UsageError: it does not apply.
    """
    lines = diff.replace("\r\n", "\n").split("\n")
    changed = _changed_files(lines)
    if len(changed) > 1 or (changed and path not in changed):
        others = ", ".join(sorted(changed - {path}))
        raise OutsideTargetError(
            f"The diff changes {others}.", f"A candidate may change {path} only."
        )
    newline = "\r\n" if "\r\n" in source else "\n"
    old = source.replace("\r\n", "\n").split("\n")
    result: list[str] = []
    done = 0
    for hunk in _hunks(lines):
        at = _place_of(hunk, old, done)
        if at is None:
            raise UsageError(
                f"The diff does not apply to {path}: nothing there matches the hunk of line "
                f"{hunk.line + 1}.",
                "Make it against the file as it is now.",
            )
        result += [*old[done:at], *hunk.new]
        done = at + len(hunk.old)
    return newline.join(result + old[done:])


def _changed_files(lines: list[str]) -> set[str]:
    found = set()
    for first, second in itertools.pairwise(lines):
        if first.startswith("--- ") and second.startswith("+++ "):
            for line in (first, second):
                name = line[4:].split("\t")[0].strip().strip('"')
                if name != "/dev/null":
                    found.add(re.sub(r"^[ab]/", "", name))
    return found


def _hunks(lines: list[str]) -> list[_Hunk]:
    hunks = []
    position = 0
    while position < len(lines):
        header = _HUNK.match(lines[position])
        position += 1
        if header is None:
            continue
        old_left, new_left = int(header[2] or "1"), int(header[4] or "1")
        old: list[str] = []
        new: list[str] = []
        while position < len(lines) and (old_left > 0 or new_left > 0):
            line = lines[position]
            position += 1
            mark, text = line[:1] or " ", line[1:]
            if mark in " -":
                old.append(text)
                old_left -= 1
            if mark in " +":
                new.append(text)
                new_left -= 1
            if mark not in " +-\\":
                raise UsageError(f"The diff is malformed at {line!r}.")
        if old_left or new_left:
            raise UsageError(f"The diff ends inside the hunk {header[0]}.")
        first = int(header[1]) - (1 if old else 0)
        hunks.append(_Hunk(first, tuple(old), tuple(new)))
    if not hunks:
        raise UsageError("The diff has no hunks.")
    return hunks


def _place_of(hunk: _Hunk, old: list[str], done: int) -> int | None:
    def fits(at: int) -> bool:
        return at >= done and tuple(old[at : at + len(hunk.old)]) == hunk.old

    if fits(hunk.line):
        return hunk.line
    places = [at for at in range(done, len(old)) if hunk.old and fits(at)]
    return places[0] if len(places) == 1 else None
