"""Inputs made larger: what an edit does only from some size on shows on these."""

import random
from collections.abc import Sequence

from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.drawing import fresh

LOOKED_AT = 2_000
"""So many elements tell whether a list is sorted, or without repeats."""
MOST_VOLUME = 100_000
"""A grown input may hold so many values in all, the rows of a table counted each."""
SIZED = (list, str, bytes, bytearray)
HIGH = "\xff"
"""A character whose bytes are large ones, in UTF-8 too."""
LEAST = 2
"""Shorter containers say too little of what a longer one would hold."""


def grown(observed: Sequence[Arguments], size: int, count: int, seed: int) -> list[Arguments]:
    """`count` inputs like observed ones whose longest containers have about `size` elements.

    Elements are drawn from the observed ones and, for ints, from their range, so that repeats and
    single elements both occur; order, distinctness and equal lengths are kept. Deterministic.
    """
    draw = random.Random(seed)
    growable = [
        item
        for item in observed
        if (lengths := lengths_of(item)) and volume(item) * size <= MOST_VOLUME * max(lengths)
    ]
    made = []
    for _ in range(count if growable else 0):
        like = draw.choice(growable)
        longest = max(lengths_of(like))
        scale = draw.uniform(1.0, 1.3) * size / longest
        args = tuple(enlarged(item, scale, draw) for item in like.args)
        kwargs = {name: enlarged(item, scale, draw) for name, item in like.kwargs.items()}
        made.append(with_lengths(like, Arguments(args, kwargs)))
    return made


def filled(drawn: Sequence[Arguments], size: int, seed: int) -> list[Arguments]:
    """Copies of `drawn` whose outermost lists and strings are `size` times one element.

    Their largest or least one mostly: sums of such overflow what sums of others do not, and what
    is equal everywhere is a tie everywhere.
    """
    draw = random.Random(seed)
    made = []
    for like in drawn:
        if not any(lengths_of(like, least=1)):
            continue
        args = tuple(one_element(item, size, draw) for item in like.args)
        kwargs = {name: one_element(item, size, draw) for name, item in like.kwargs.items()}
        made.append(with_lengths(like, Arguments(args, kwargs)))
    return made


def one_element(value: object, size: int, draw: random.Random) -> object:
    """A list, string or bytes of `size` times one of its elements; anything else as it is."""
    how = draw.choice((max, max, min, draw.choice))
    if isinstance(value, str) and value:
        return draw.choice((how(value), HIGH)) * size
    if isinstance(value, (bytes, bytearray)) and value:
        return type(value)([draw.choice((how(value), 255))]) * size
    if not isinstance(value, list) or not value:
        return fresh(value)
    comparable = len(set(map(type, value))) == 1 and type(value[0]) in (int, float, str, bytes)
    element = how(value) if comparable else draw.choice(value)
    count = min(size, MOST_VOLUME // max(1, volume(element)))
    return [fresh(element) for _ in range(count)]


def with_lengths(before: Arguments, after: Arguments) -> Arguments:
    """`after` with the numbers that were the length of an argument `before` as its new length."""
    pairs = [
        (len(old), len(new))
        for old, new in zip(
            (*before.args, *before.kwargs.values()), (*after.args, *after.kwargs.values()),
            strict=True,
        )
        if isinstance(old, SIZED) and isinstance(new, SIZED) and old
    ]  # fmt: skip
    lengths = dict(reversed(pairs))

    def again(value: object) -> object:
        return lengths.get(value, value) if type(value) is int else value

    args = tuple(map(again, after.args))
    return Arguments(args, {name: again(value) for name, value in after.kwargs.items()})


def volume(value: object) -> int:
    """How many values an argument list, or a list in it, holds in all."""
    if isinstance(value, Arguments):
        return sum(map(volume, (*value.args, *value.kwargs.values())))
    if isinstance(value, (list, tuple)):
        return 1 + sum(map(volume, value))
    return 1


def lengths_of(arguments: Arguments, *, least: int = LEAST) -> list[int]:
    values = [*arguments.args, *arguments.kwargs.values()]
    return [len(item) for item in values if isinstance(item, SIZED) and len(item) >= least]


def enlarged(value: object, scale: float, draw: random.Random) -> object:
    """A list, string or bytes with `scale` times as many elements; anything else as it is."""
    if isinstance(value, str) and len(value) >= LEAST:
        return "".join(draw.choice(value) for _ in range(round(scale * len(value))))
    if isinstance(value, (bytes, bytearray)) and len(value) >= LEAST:
        return type(value)(draw.choices(value, k=round(scale * len(value))))
    if not isinstance(value, list) or len(value) < LEAST:
        return fresh(value)
    count = round(scale * len(value))
    low, high = int_range(value)
    made: list[object] = []
    for _ in range(count):
        if high > low and draw.random() < 0.7:
            # In whole thousandths: the range may be too large for a float.
            wider = (high - low) * draw.choice((1000, round(1000 * scale))) // 1000
            made.append(draw.randint(low, low + wider))
        else:
            made.append(fresh(draw.choice(value)))
    if len(set(map(type, value))) == 1 and type(value[0]) in (int, float, str):
        kept = value[:LOOKED_AT]
        if len(set(kept)) == len(kept) and len(value) > LEAST:
            made = list(dict.fromkeys(made))
        if kept == sorted(kept):
            made.sort()
    return made


def int_range(value: list[object]) -> tuple[int, int]:
    """The least and the largest item of a list of ints, (0, 0) for any other list."""
    numbers = [item for item in value if type(item) is int]
    return (min(numbers), max(numbers)) if len(numbers) == len(value) else (0, 0)
