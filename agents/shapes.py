"""What recorded arguments look like, in a few words for each parameter: types and sizes."""

from collections import Counter
from collections.abc import Sequence

from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.signature import Signature

_DEPTH = 2
_SIZED = (list, tuple, set, frozenset, dict, str, bytes)
_LOOKED_AT = 50
"""Elements of a container: enough to say what is in it."""


def shapes_of(signature: Signature, observed: Sequence[Arguments]) -> str:
    """A line for each parameter, e.g. `- xs: list of int; length 0 to 300, half up to 8`."""
    bound = [found for found in map(signature.bind, observed) if found is not None]
    lines = []
    for parameter in signature.parameters:
        values = [found[parameter.name] for found in bound if parameter.name in found]
        if values:
            lines.append(f"- `{parameter.name}`: {_shape(values)}")
    return "\n".join([f"{len(bound)} calls:", *lines]) if lines else ""


def _shape(values: Sequence[object]) -> str:
    kinds = Counter(_kind(value, _DEPTH) for value in values)
    text = " or ".join(name for name, _ in kinds.most_common(4))
    sizes = sorted(len(value) for value in values if isinstance(value, _SIZED))
    numbers = sorted(
        value for value in values if isinstance(value, (int, float)) and value == value
    )
    if sizes:
        return f"{text}; length {_range(sizes)}"
    return f"{text}; {_range(numbers)}" if numbers else text


def _range(ordered: Sequence[object]) -> str:
    """From least to most, and the median."""
    low, middle, high = ordered[0], ordered[len(ordered) // 2], ordered[-1]
    if low == high:
        return f"{low}"
    return f"{low} to {high}, half up to {middle}"


def _kind(value: object, depth: int) -> str:
    name = type(value).__name__
    if isinstance(value, dict) and value and depth:
        keys = Counter(_kind(item, depth - 1) for item in list(value)[:_LOOKED_AT])
        items = Counter(_kind(item, depth - 1) for item in list(value.values())[:_LOOKED_AT])
        return f"dict of {_most(keys)} to {_most(items)}"
    if isinstance(value, (list, tuple, set, frozenset)) and value and depth:
        items = Counter(_kind(item, depth - 1) for item in list(value)[:_LOOKED_AT])
        return f"{name} of {_most(items)}"
    return name


def _most(kinds: "Counter[str]") -> str:
    return "/".join(name for name, _ in kinds.most_common(3))
