"""Arguments that meet: the item looked for is in the list, the part in the text, or nearly so.

Functions that look something up take another way where they find it, and equality that looks at a
part of a value (a prefix, a hash) errs only on values that are nearly equal. Independent draws
hardly ever meet.
"""

import math
from collections.abc import Mapping, MutableMapping, Sequence

from perfbot.sandbox.inputs.choices import Choices

SCALARS = (int, float, str, bytes)
BLOCKS = (1, 2, 4, 8, 16, 32, 64)
"""Sizes of which a value's first bytes may be all that is compared."""
MOST_TIMES = 3
PERIODIC = 25
"""Per cent of the meetings of two texts: both of two letters, so that parts overlap themselves."""
HASHED = (128, 128, 128, 1024)
"""Lengths of Thue-Morse texts. That one and its complement are equal to a hash that is a polynomial
with an odd base: modulo 2**32 from 128 letters on, modulo 2**64 from 1024 on (the difference is the
product of b**2**i - 1, which 2 divides at least i + 2 times).
Source: J. Pachocki and J. Radoszewski, Where to Use and How not to Use Polynomial String Hashing,
Olympiads in Informatics 7 (2013)."""
LOOKED_AT = 40
"""Items of a sequence that are looked through for two that may change places in value."""
BYTES = "latin-1"
"""As which bytes are handled like text: one character each."""


def pairs_in(bound: Mapping[str, object]) -> list[tuple[str, str]]:
    """(an argument, another one that may hold it) by their names."""
    return [
        (name, other)
        for name, value in bound.items()
        if type(value) in SCALARS or isinstance(value, list)
        for other, holder in bound.items()
        if other != name and may_hold(holder, value)
    ]


def meet(bound: MutableMapping[str, object], pair: tuple[str, str], choices: Choices) -> None:
    """Make the first argument of `pair` occur in the second, or nearly."""
    name, other = pair
    value, holder = bound[name], bound[other]
    if isinstance(value, list) and isinstance(holder, list):
        bound[name] = rearranged(choices, holder)
    elif isinstance(holder, list):
        if isinstance(value, str) and choices.chance(30):
            texts = alike_texts(choices, value, max(2, len(holder)))
            bound[other], bound[name] = list(texts), choices.pick(texts)
        elif choices.chance(50):
            found = choices.pick(holder)
            bound[name] = found if choices.chance(50) else nearly(choices, found)
        else:
            bound[other] = with_item(choices, holder, value)
    elif choices.chance(PERIODIC):
        bound[name], bound[other] = of_two_letters(choices, value, holder)
    elif choices.chance(20):
        bound[name] = nearly(choices, holder) if choices.chance(60) else holder
    elif choices.chance(60):
        bound[name] = rearranged_text(choices, holder)
    else:
        bound[other] = with_part(choices, holder, value)


def may_hold(holder: object, value: object) -> bool:
    if isinstance(value, list):
        kinds = {type(item) for item in value}
        return isinstance(holder, list) and kinds == {type(item) for item in holder} <= {int, str}
    if isinstance(holder, list):
        # An empty one does not say what it holds.
        return bool(holder) and all(type(item) is type(value) for item in holder)
    return type(holder) is type(value) and isinstance(holder, (str, bytes))


def with_item(choices: Choices, holder: list[object], value: object) -> list[object]:
    """The list with the item, or what is nearly it, put in somewhere."""
    made = list(holder)
    for _ in range(choices.integer(1, MOST_TIMES)):
        item = value if choices.chance(60) else nearly(choices, value)
        made.insert(choices.integer(0, len(made)), item)
    return made


def with_part(choices: Choices, holder: object, value: object) -> object:
    """The text or bytes with the part, or nearly it, put in somewhere; parts may overlap."""
    if isinstance(holder, bytes) and isinstance(value, bytes):
        made = with_part(choices, holder.decode(BYTES), value.decode(BYTES))
        return str(made).encode(BYTES, "replace")
    text, part = str(holder), str(value)
    for _ in range(choices.integer(1, MOST_TIMES)):
        at = choices.integer(0, len(text))
        text = text[:at] + (part if choices.chance(60) else nearly_text(choices, part)) + text[at:]
    return text


def of_two_letters(choices: Choices, value: object, holder: object) -> tuple[object, object]:
    """A part and a text of the same two letters, taken from theirs; few or very many."""
    if isinstance(value, bytes) and isinstance(holder, bytes):
        part, text = of_two_letters(choices, value.decode(BYTES), holder.decode(BYTES))
        return str(part).encode(BYTES), str(text).encode(BYTES)
    known = sorted({*str(value)[:LOOKED_AT], *str(holder)[:LOOKED_AT]}) or ["a", "b"]
    first = choices.integer(0, len(known) - 1)
    letters = (
        known[first],
        known[(first + choices.integer(1, max(1, len(known) - 1))) % len(known)],
    )
    if choices.chance(12):
        made = thue_morse(letters, choices.pick(HASHED))
        return made, thue_morse(letters[::-1], len(made))
    before, block, after = (
        "".join(choices.pick(letters) for _ in range(choices.integer(least, 4)))
        for least in (0, 1, 0)
    )
    times = choices.integer(1, 2)
    part = block * times + block[: choices.integer(0, len(block) - 1)]
    return part, before + block * (times + choices.integer(0, 2)) + after


def thue_morse(letters: tuple[str, str], length: int) -> str:
    """The sequence that takes the second letter where its index has an odd number of ones."""
    return "".join(letters[index.bit_count() % 2] for index in range(length))


def rearranged_text(choices: Choices, text: object) -> object:
    """The characters of a text, or the bytes, as `rearranged` has them."""
    if isinstance(text, bytes):
        return str(rearranged_text(choices, text.decode(BYTES))).encode(BYTES, "replace")
    made = rearranged(choices, [ord(item) for item in str(text)])
    return "".join(chr(item) for item in made if isinstance(item, int) and item >= 0)


def rearranged(choices: Choices, items: Sequence[object]) -> list[object]:
    """The items in another order; often not quite those: one in place of another, so that only the
    counts differ, or two numbers as much smaller as larger, so that the sum does not."""
    made = list(items)
    for at in range(len(made) - 1, 0, -1):
        other = choices.integer(0, at)
        made[at], made[other] = made[other], made[at]
    way = choices.pick((0, 1, 1, 2, 3))
    if len(made) < 2 or way == 0:
        return made
    for _ in range(way - 1):
        made[choices.integer(0, len(made) - 1)] = choices.pick(made)
    # Among its own items, so that what occurs stays the same, too.
    steps = [
        (at, step)
        for at, item in enumerate(made[:LOOKED_AT])
        for step in (1, -1)
        if type(item) is int and item + step in made
    ]
    up = [at for at, step in steps if step == 1]
    down = [at for at, step in steps if step == -1]
    if way == 1 and up and down:
        for at, step in ((choices.pick(up), 1), (choices.pick(down), -1)):
            item = made[at]
            made[at] = item + step if type(item) is int else item
    return made


def nearly(choices: Choices, value: object) -> object:
    """Another value that a hasty look takes for this one; anything but a scalar as it is."""
    if type(value) is int:
        return value + choices.pick((1, -1))
    if isinstance(value, float) and math.isfinite(value):
        return math.nextafter(value, choices.pick((math.inf, -math.inf)))
    if isinstance(value, str):
        return nearly_text(choices, value)
    if isinstance(value, bytes):
        return nearly_text(choices, value.decode(BYTES)).encode(BYTES, "replace")
    return value


def nearly_text(choices: Choices, value: str) -> str:
    """The same but for one character, mostly the last; longer, or without its end."""
    roll = choices.integer(0, 9)
    if roll == 0 or not value:
        return value + choices.pick(value or "a")
    if roll == 1:
        return value[:-1]
    at = choices.pick((len(value) - 1, len(value) - 1, 0, len(value) // 2))
    letter = choices.pick(value)
    if letter == value[at]:
        letter = chr(ord(letter) ^ 1)
    return value[:at] + letter + value[at + 1 :]


def alike_texts(choices: Choices, start: str, count: int) -> list[str]:
    """`count` texts of one beginning, as long as a block and a little more, most with an end of
    their own; some are equal."""
    length = choices.pick(BLOCKS) + choices.integer(0, 2)
    stem = (start * (length // max(len(start), 1) + 1))[:length] if start else "a" * length
    if choices.chance(12):
        letters = (stem[0], chr(ord(stem[0]) ^ 1))
        size = choices.pick(HASHED)
        return [thue_morse(choices.pick((letters, letters[::-1])), size) for _ in range(count)]
    if length > 1 and choices.chance(25):
        at = choices.integer(0, length - 2)  # an end to functions of C, which look no further
        stem = f"{stem[:at]}\0{stem[at + 1 :]}"
    kinds = [stem, *(nearly_text(choices, stem) for _ in range(3))]
    return [choices.pick(kinds) for _ in range(count)]
