"""Every rare character in turn, twice in a row or at an end, where any string may be given.

Drawn at random, a run of newlines is too rare to rely on, and patterns, `splitlines`, `isdigit`
and case conversion each treat some characters unlike all others.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence

from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.drawing import fresh
from perfbot.sandbox.inputs.signature import KEYWORDS, VARIADIC, Signature
from perfbot.sandbox.inputs.text import FOREIGN, NUMBER, STRANGE, spellings

RARE = STRANGE + "\x0b\x0c\x1c\x1e\x85\u2029" + FOREIGN
"""With the other characters that `str.splitlines` splits at."""
LAST = "\u03a3\n\u0301İ"
"""What is treated otherwise at the end: a capital sigma has another small letter there, `$` matches
before a newline, and an accent or a dot joins what it follows."""
TWINS = (("s", "\u017f"), ("k", "\u212a"), ("i", "\u0131"), ("i", "\u0130"), ("ss", "\u00df"))
"""Letters, and what equals them without regard to case: for `re.IGNORECASE`, for `casefold`, or
for `upper` and `lower`, each of which says otherwise."""
AROUND = "\t\n\x0b\x0c\r\x1c\x1f\x85\xa0\u2028\u3000\x00\ufeff"
"""What some functions strip and others do not, or take for nothing at all."""
INPUTS_PER_TWIN = 3
"""So many observed inputs are spelt anew with each."""
ANY_STRING = ("str", "list[str]", "List[str]", "Sequence[str]", "Iterable[str]")
INPUTS_PER_NUMBER = 4
"""So many observed inputs, the shortest, have a number of theirs spelt otherwise."""
LONGEST = 200
"""The part of an observed string that is kept."""


def with_rare_characters(
    signature: Signature, observed: Sequence[Arguments], more: Sequence[str] = ()
) -> Iterator[Arguments]:
    """Observed inputs with one rare character in one argument, or in one item of a list of strings.

    It is doubled inside, or stands at the beginning, at the end or alone; where any string may be
    given. `more` are characters besides those that are rare everywhere.
    """
    bound = [values for item in observed if (values := signature.bind(item)) is not None]
    for parameter in signature.parameters:
        if parameter.annotation is None or parameter.kind in (VARIADIC, KEYWORDS):
            continue
        if parameter.annotation.strip("'\"") not in ANY_STRING:
            continue
        name = parameter.name
        holding = [(text, it) for it in bound if (text := _text_in(it.get(name))) is not None]
        for changed, like in _changed(holding, more):
            made = {key: fresh(value) for key, value in like.items()}
            held = made[name]
            if isinstance(held, list):
                held[held.index(_text_in(held))] = changed
            else:
                made[name] = changed
            yield signature.call(made)


def _changed(
    holding: Sequence[tuple[str, Mapping[str, object]]], more: Sequence[str]
) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Strings with a rare character, and the input that each comes from."""
    if not holding:
        return
    # The shortest with something before and after the place, where there is one.
    text, values = min(holding, key=lambda pair: (len(pair[0]) < 2, len(pair[0])))
    text, middle = text[:LONGEST], (min(len(text), LONGEST) + 1) // 2
    # Alone, it is all there is: a palindrome, a word, a line.
    texts = [text[:middle] + 2 * character + text[middle:] for character in RARE] + list(RARE)
    for character in more:
        texts += [text[:middle] + character + text[middle:], character, text + character]
    for character in AROUND:
        texts += [character + text, text + character]
    texts += [character for character in AROUND if character not in RARE]
    # What changes at the end of a word does so behind a letter alone.
    words = [text for text, _ in holding if text[-1:].isalpha() and len(text) <= LONGEST]
    texts += [min(words, key=len, default="a") + character for character in LAST]
    for changed in texts:
        yield changed, values


def _text_in(value: object) -> str | None:
    """The string that an argument is, or the first that is not empty in a list; None in others."""
    if isinstance(value, str):
        return value
    items = value if isinstance(value, list) else []
    return next((item for item in items if isinstance(item, str) and item), None)


def with_numbers_respelt(
    signature: Signature, observed: Sequence[Arguments]
) -> Iterator[Arguments]:
    """Observed inputs with the last number in one argument, which may be any string, in each of the
    spellings that `int`, `isdigit` and patterns do not agree on; all else is as it was."""
    bound = [values for item in observed if (values := signature.bind(item)) is not None]
    for parameter in signature.parameters:
        if (parameter.annotation or "").strip("'\"") != "str":
            continue
        holding = [values for values in bound if _has_number(values.get(parameter.name))]
        by_length = sorted(holding, key=lambda values: len(str(values[parameter.name])))
        for values in by_length[:INPUTS_PER_NUMBER]:
            for changed in spellings(str(values[parameter.name])):
                made = {name: fresh(value) for name, value in values.items()}
                yield signature.call(made | {parameter.name: changed})


def _has_number(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST and NUMBER.search(value) is not None


def respelt(signature: Signature, observed: Sequence[Arguments]) -> Iterator[Arguments]:
    """Observed inputs with a letter of one argument's strings replaced by its twin throughout."""
    bound = [values for item in observed if (values := signature.bind(item)) is not None]
    for parameter in signature.parameters:
        if "str" not in (parameter.annotation or "") or parameter.kind in (VARIADIC, KEYWORDS):
            continue
        for letter, twin in TWINS:
            changed = (
                {**values, parameter.name: _respelt(values[parameter.name], letter, twin)}
                for values in bound
                if _holds(values.get(parameter.name), letter)
            )
            for made in itertools.islice(changed, INPUTS_PER_TWIN):
                yield signature.call({name: fresh(value) for name, value in made.items()})


def _holds(value: object, letter: str) -> bool:
    if isinstance(value, str):
        return letter in value.lower() and len(value) <= LONGEST
    return isinstance(value, (list, tuple)) and any(_holds(item, letter) for item in value)


def _respelt(value: object, letter: str, twin: str) -> object:
    if isinstance(value, str):
        return value.replace(letter, twin).replace(letter.upper(), twin)
    if isinstance(value, (list, tuple)):
        items = [_respelt(item, letter, twin) for item in value]
        return items if isinstance(value, list) else tuple(items)
    return value
