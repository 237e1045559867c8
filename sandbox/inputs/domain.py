"""The domain that an edit was judged on, in words for its reviewer."""

from collections.abc import Iterable, Mapping, Sequence

from perfbot.sandbox.drivers.values import Drained, Enum, Object
from perfbot.sandbox.inputs.alike import format_in
from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.observed import elements
from perfbot.sandbox.inputs.signature import KEYWORDS, VARIADIC, Signature

MOST_KINDS = 4
MOST_PLACES = 12
"""Of a program's input so many places are told."""


def domain(
    signature: Signature, observed: Sequence[Arguments], least: Mapping[str, int]
) -> list[str]:
    """One line for each parameter: its annotation, or the types that were seen.

    A line ends in "as seen" where nothing but observed calls says what the parameter takes.
    """
    of_program = format_in(signature, observed)
    if of_program is not None:
        return [f"standard input: {line}" for line in of_program.told()[:MOST_PLACES]]
    bound = [values for item in observed if (values := signature.bind(item)) is not None]
    lines = []
    for parameter in signature.parameters:
        name, annotation = parameter.name, parameter.annotation
        stars = {VARIADIC: "*", KEYWORDS: "**"}.get(parameter.kind, "")
        seen = [values[name] for values in bound if name in values]
        if annotation is not None:
            text = annotation
        elif seen:
            text = f"{_kinds(_unpacked(seen, stars))}, as seen"
        else:
            text = "never passed"
        if name in least:
            text += f", ints from {least[name]} up (docstring)"
        lines.append(f"{stars}{name}: {text}")
    return lines


def _unpacked(seen: Sequence[object], stars: str) -> list[object]:
    """What was passed for `*args` or `**kwargs`, one by one."""
    if not stars:
        return list(seen)
    return [
        item
        for value in seen
        for item in (value.values() if isinstance(value, dict) else elements([value]))
    ]


def _kinds(values: Iterable[object]) -> str:
    """`int | list of str`: the types of the values, the most frequent first."""
    groups: dict[str, list[object]] = {}
    for value in values:
        groups.setdefault(_name(value), []).append(value)
    ranked = sorted(groups.items(), key=lambda pair: -len(pair[1]))
    texts = []
    for kind, members in ranked[:MOST_KINDS]:
        inner = elements(members)
        texts.append(f"{kind} of {_bracketed(_kinds(inner))}" if inner else kind)
    if len(ranked) > MOST_KINDS:
        texts.append("...")
    return " | ".join(texts)


def _bracketed(text: str) -> str:
    return f"({text})" if "|" in text else text


def _name(value: object) -> str:
    if isinstance(value, (Object, Enum)):
        return value.qualname
    if isinstance(value, Drained):
        return "iterator"
    return "None" if value is None else type(value).__name__
