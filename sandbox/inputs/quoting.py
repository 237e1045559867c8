"""Texts that quote one another: a key in a template, a piece of the template in what it is filled
with. Replacing one after the other errs only where what was put in is replaced again, and a pattern
for names only on names with other characters."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.choices import Choices
from perfbot.sandbox.inputs.drawing import fresh
from perfbot.sandbox.inputs.generic import MOST_VOLUME
from perfbot.sandbox.inputs.growth import volume
from perfbot.sandbox.inputs.retyped import Place, places, with_change
from perfbot.sandbox.inputs.signature import Signature

MARGIN = 3
"""Characters that are taken along on either side: marks around a name."""
MARGINS = ((0, 0), (1, 0), (0, 1), (1, 1), (2, 1), (2, 2), (3, 3))
LONGEST_PIECE = 12
MOST_INPUTS, MOST_INNER, MOST_TARGETS = 2, 2, 4
SAYS_STR = re.compile(r"\bstr\b").search
UNUSUAL = (*" -._:/$\\{}[]()'\"%+*?^|#@=,;&<>~0é中_\n\t", "")
"""What a pattern for names may leave out; put into one wherever it occurs."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text somewhere in an argument; of a dict's item, the key or the value."""

    name: str
    place: Place
    text: str
    is_key: bool = False


def texts_in(bound: Mapping[str, object]) -> list[Text]:
    """The texts in the arguments; none where no container holds one, or there is but one."""
    found: list[Text] = []
    for name, value in bound.items():
        for place in ((), *places(value)):
            item = at(value, place)
            if isinstance(item, str):
                found.append(Text(name, place, item))
            if place and isinstance(place[-1], str) and isinstance(at(value, place[:-1]), dict):
                found.append(Text(name, place, place[-1], is_key=True))
    nested = any(item.place for item in found)
    return found if nested and len(found) > 1 else []


def quoted_in_turn(signature: Signature, observed: Sequence[Arguments]) -> Iterator[Arguments]:
    """The first observed inputs with pieces of a text, around another text that is in it, in place
    of each text in a container; and with unusual characters in the first one that is in another.

    Of arguments that are declared to be or hold strings: others keep to what was seen.
    """
    declared = {item.name for item in signature.parameters if SAYS_STR(item.annotation or "")}
    small = (item for item in observed if volume(item) <= MOST_VOLUME)
    bound = [values for item in small if (values := signature.bind(item)) is not None]
    with_texts = [
        (values, texts)
        for values in bound
        if (texts := [item for item in texts_in(values) if item.name in declared])
    ]
    for values, texts in with_texts[:MOST_INPUTS]:
        inner = [item.text for item in texts if item.text and occurs_in_another(item, texts)]
        targets = [item for item in texts if item.place and not item.is_key]
        for text in dict.fromkeys(inner[:MOST_INNER]):
            source = next((it for it in texts if text in it.text and text != it.text), None)
            if source is None:
                continue
            for left, right in MARGINS:
                piece = around(source.text, text, left, right)
                for target in targets[:MOST_TARGETS]:
                    yield signature.call(replaced(values, target, piece))
        for text in inner[:1]:
            half = len(text) // 2
            for letter in UNUSUAL:
                new = text[:half] + letter + text[half:] if letter else ""
                yield signature.call(
                    {
                        name: everywhere(value, text, new) if name in declared else fresh(value)
                        for name, value in values.items()
                    }
                )


def quote(bound: Mapping[str, object], texts: list[Text], choices: Choices) -> dict[str, object]:
    """The arguments with a piece of one of `texts` put into another, or one respelt everywhere."""
    twice = [item.text for item in texts if item.text and occurs_in_another(item, texts)]
    if twice and choices.chance(30):
        old = choices.pick(twice)
        cut = choices.integer(0, len(old))
        new = old[:cut] + choices.pick(UNUSUAL) + old[cut:] if choices.chance(90) else ""
        return {name: everywhere(value, old, new) for name, value in bound.items()}
    number = choices.integer(0, len(texts) - 1)
    target = texts[number]
    others = [*texts[:number], *texts[number + 1 :]]
    longest = max(others, key=lambda item: len(item.text))
    source = longest if choices.chance(50) else choices.pick(others)
    piece = piece_of(source.text, [item.text for item in texts], choices)
    if choices.chance(40):
        made = piece
    else:
        cut = choices.integer(0, len(target.text))
        made = target.text[:cut] + piece + target.text[cut:]
    return replaced(bound, target, made)


def replaced(bound: Mapping[str, object], target: Text, text: str) -> dict[str, object]:
    """A copy of the arguments with `text` where `target` is."""
    value = bound[target.name]
    if target.is_key:
        key = target.place[-1]
        changed = with_change(value, target.place[:-1], lambda item: renamed(item, key, text))
    else:
        changed = with_change(value, target.place, lambda _item: text)
    return {**{name: fresh(item) for name, item in bound.items()}, target.name: changed}


def occurs_in_another(text: Text, texts: list[Text]) -> bool:
    return any(text.text in item.text for item in texts if item is not text)


def everywhere(value: object, old: str, new: str) -> object:
    """A copy with a text replaced in all texts of it, keys included."""
    if isinstance(value, str):
        return value.replace(old, new)
    if type(value) is dict:
        return {
            everywhere(key, old, new): everywhere(item, old, new) for key, item in value.items()
        }
    if type(value) is list or type(value) is tuple:
        made = [everywhere(item, old, new) for item in value]
        return made if type(value) is list else tuple(made)
    return fresh(value)


def piece_of(text: str, others: list[str], choices: Choices) -> str:
    """All of a text, some of it, or where it has another of the texts with what is around that."""
    roll = choices.integer(0, 4)
    inside = [item for item in others if item and item != text and item in text]
    if roll >= 2 and inside:
        return around(text, choices.pick(inside), *(choices.integer(0, MARGIN) for _ in "lr"))
    if roll == 0 or len(text) <= 1:
        return text
    start = choices.integer(0, len(text) - 1)
    return text[start : start + choices.integer(1, LONGEST_PIECE)]


def around(text: str, inner: str, left: int, right: int) -> str:
    """Where `inner` is in a text, with so many characters before and behind it."""
    start = text.index(inner)
    return text[max(0, start - left) : start + len(inner) + right]


def at(value: object, place: Place) -> object:
    """What is at one of the `places` of a value."""
    for key in place:
        match value:
            case dict():
                value = value[key]
            case list() | tuple() if isinstance(key, int):
                value = value[key]
    return value


def renamed(value: object, old: object, new: str) -> object:
    """A dict with another key in the same place; as it is where it has that already."""
    if not isinstance(value, dict) or new in value:
        return value
    return {new if key == old else key: item for key, item in value.items()}
