"""Inputs made from observed ones, larger or of equal cost: of functions, and of whole programs."""

from collections.abc import Sequence

from perfbot.sandbox.inputs import growth
from perfbot.sandbox.inputs import variants as function_variants
from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.choices import SeededChoices
from perfbot.sandbox.inputs.drawing import Drawing
from perfbot.sandbox.inputs.program_format import Format, format_of
from perfbot.sandbox.inputs.program_wider import wider
from perfbot.sandbox.inputs.signature import Signature

STANDARD_INPUT = "StandardInput"
"""The annotation of a program's one argument."""
PRIME = 1_000_003


def grown(
    signature: Signature, observed: Sequence[Arguments], size: int, count: int, seed: int
) -> list[Arguments]:
    """See `growth.grown`; a program's numbers that count stay within what was seen."""
    made = format_in(signature, observed)
    if made is None:
        return growth.grown(observed, size, count, seed)
    return [
        Arguments((made.draw(Drawing(SeededChoices(seed * PRIME + at), size), fill=True),), {})
        for at in range(count)
    ]


def filled(
    signature: Signature, drawn: Sequence[Arguments], size: int, seed: int
) -> list[Arguments]:
    """See `growth.filled`; a program's input would be none of its format."""
    return [] if takes_standard_input(signature) else growth.filled(drawn, size, seed)


def widened(
    signature: Signature,
    observed: Sequence[Arguments],
    factor: int,
    count: int,
    seed: int,
    literals: Sequence[object],
) -> list[Arguments]:
    """Inputs of a program beyond what was observed, see `program_wider`."""
    made = format_in(signature, observed)
    if made is None:
        return []  # not one text was observed
    ints = [item for item in literals if type(item) is int]
    return [Arguments((text,), {}) for text in wider(made, factor, count, seed, ints)]


def variants(
    signature: Signature, observed: Sequence[Arguments], arguments: Arguments, n: int, seed: int
) -> list[Arguments]:
    """See `variants.variants`; a program's keep the counts and draw the rest anew."""
    made = format_in(signature, observed)
    text = arguments.args[0] if made is not None and arguments.args else None
    if made is None or not isinstance(text, str):
        return function_variants.variants(arguments, n, seed)
    found = {text: arguments}
    for at in range(2 * n):
        if len(found) >= n:
            break
        other = made.like(text, seed * PRIME + at)
        found.setdefault(other, Arguments((other,), {}))
    return list(found.values())


def takes_standard_input(signature: Signature) -> bool:
    """Whether the target is a whole program: its one argument is its input."""
    return [item.annotation for item in signature.parameters] == [STANDARD_INPUT]


def format_in(signature: Signature, observed: Sequence[Arguments]) -> Format | None:
    """The format of a program's inputs; None where the target is a function."""
    if not takes_standard_input(signature):
        return None
    texts = (item.args[0] for item in observed if item.args)
    return format_of(tuple(text for text in texts if isinstance(text, str)))
