"""Every rare character in turn, twice in a row or at the end, where any string may be given.

Drawn at random, a run of newlines is too rare to rely on, and patterns, `splitlines`, `isdigit`
and case conversion each treat some characters unlike all others.
"""

import itertools
from collections.abc import Iterator, Sequence

from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.drawing import fresh
from perfbot.sandbox.inputs.signature import KEYWORDS, VARIADIC, Signature
from perfbot.sandbox.inputs.text import FOREIGN, STRANGE

RARE = STRANGE + "\x0b\x0c\x1c\x1e\x85\u2029" + FOREIGN
"""With the other characters that `str.splitlines` splits at."""
LAST = "\u03a3\n\u0301İ"
"""What is treated otherwise at the end: a capital sigma has another small letter there, `$` matches
before a newline, and an accent or a dot joins what it follows."""
TWINS = (("s", "\u017f"), ("k", "\u212a"), ("i", "\u0131"), ("i", "\u0130"), ("ss", "\u00df"))
"""Letters, and what equals them without regard to case: for `re.IGNORECASE`, for `casefold`, or
for `upper` and `lower`, each of which says otherwise."""
INPUTS_PER_TWIN = 3
"""So many observed inputs are spelt anew with each."""
LONGEST = 200
"""The part of an observed string that is kept."""


def with_rare_characters(
    signature: Signature, observed: Sequence[Arguments]
) -> Iterator[Arguments]:
    """Observed inputs with one rare character, doubled inside or single at the end, in one argument
    annotated `str`."""
    names = [
        item.name
        for item in signature.parameters
        if item.annotation in ("str", "'str'", '"str"') and item.kind not in (VARIADIC, KEYWORDS)
    ]
    bound = [values for item in observed if (values := signature.bind(item)) is not None]
    for name in names:
        holding = [(text, it) for it in bound if isinstance(text := it.get(name), str)]
        if not holding:
            continue
        # The shortest with something before and after the place, where there is one.
        text, values = min(holding, key=lambda pair: (len(pair[0]) < 2, len(pair[0])))
        middle = (min(len(text), LONGEST) + 1) // 2
        texts = [text[:middle] + 2 * character + text[middle:LONGEST] for character in RARE]
        # What changes at the end of a word does so behind a letter alone.
        words = [text for text, _ in holding if text[-1:].isalpha() and len(text) <= LONGEST]
        texts += [min(words, key=len, default="a") + character for character in LAST]
        for changed in texts:
            made = {key: fresh(value) for key, value in values.items()}
            made[name] = changed
            yield signature.call(made)


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
