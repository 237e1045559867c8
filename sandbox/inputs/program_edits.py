"""Changed copies of inputs whose format is not known: single words, by others like them."""

from collections.abc import Sequence

from perfbot.sandbox.inputs.choices import Choices
from perfbot.sandbox.inputs.program_grammar import is_integer, lines_of

MOST_CHANGES = 6
NEAR = 200
"""Lines around a word that are looked at for others of its kind."""


def edited(choices: Choices, given: Sequence[str]) -> str:
    """A copy of one input with some words changed; what may count something stays."""
    text = choices.pick(given)
    lines = [list(words) for words in lines_of(text)]
    frozen = structural(lines)
    free = [
        (at, place)
        for at, words in enumerate(lines)
        for place, word in enumerate(words)
        if not (is_integer(word) and int(word) in frozen)
    ]
    for _ in range(choices.integer(1, MOST_CHANGES) if free else 0):
        at, place = choices.pick(free)
        alike = column(lines, at, place)
        lines[at][place] = changed(choices, lines[at][place], alike)
    return "\n".join(" ".join(words) for words in lines) + ("\n" if text.endswith("\n") else "")


def structural(lines: Sequence[Sequence[str]]) -> set[int]:
    """Numbers that may say how many words or lines follow; small ones besides 0 and 1 too often."""
    found = {len(lines), len(lines) - 1, len(lines) - 2, sum(map(len, lines))}
    found |= {len(words) for words in lines} | {len(words) - 1 for words in lines}
    found |= {len(lines) - at for at in range(len(lines))} if len(lines) < NEAR else set()
    return found


def column(lines: Sequence[Sequence[str]], at: int, place: int) -> list[str]:
    """The words at the same place of lines of the same width; of one long line its own words."""
    words = lines[at]
    near = lines[max(0, at - NEAR) : at + NEAR]
    found = [other[place] for other in near if len(other) == len(words)]
    return found if len(found) > 1 else list(words[:NEAR])


def changed(choices: Choices, word: str, alike: Sequence[str]) -> str:
    """Another word of the kind: one of those alike, or a number or letters in between."""
    if choices.chance(40):
        return choices.pick(alike)
    if is_integer(word):
        values = [int(other) for other in alike if is_integer(other)]
        return str(choices.integer(min(values), max(values)))
    letters = "".join(sorted(set("".join(alike))))
    return "".join(choices.pick(letters) for _ in word)
