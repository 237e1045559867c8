"""Observed calls with nothing in their arrays, of one type or another.

An edit that returns early where there is nothing to do easily gives an array of another type, and
only a caller who passes that type sees it.
"""

from collections.abc import Iterator, Sequence

from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.arrays import is_array
from perfbot.sandbox.inputs.drawing import fresh
from perfbot.sandbox.inputs.signature import Signature

TYPES = ("<f8", "<i8", "<f4", "|u1")
BARE = ("ndarray", "NDArray")
"""Annotations that leave the type open."""
MOST_OBSERVED = 3


def with_empty_arrays(signature: Signature, observed: Sequence[Arguments]) -> Iterator[Arguments]:
    """The smallest observed calls, all arrays without rows, one of them of each type in turn."""
    open_types = {
        item.name
        for item in signature.parameters
        if (item.annotation or "").rpartition(".")[2] in BARE
    }
    for item in observed[:MOST_OBSERVED]:
        bound = signature.bind(item)
        for name in sorted(open_types & set(bound or ())):
            assert bound is not None
            for dtype in TYPES if is_array(bound[name]) else ():
                made = {key: _emptied(value) for key, value in bound.items()}
                made[name] = made[name].astype(dtype)  # type: ignore[attr-defined]
                yield signature.call(made)


def _emptied(value: object) -> object:
    if is_array(value) and value.ndim and value.dtype.kind in "biuf":  # type: ignore[attr-defined]
        return value[:0].copy()  # type: ignore[index]
    return fresh(value)
