"""Inputs for functions that do not care what the elements they are given are.

Elements of an open type (`Any`, `object` or a TypeVar without a bound; or without an annotation,
where elements of several kinds were seen) may be lists as well, which no set can hold and no dict
can have as a key. An edit that puts such elements into a set has to cope with that.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from perfbot.sandbox.drivers.values import Drained
from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.drawing import fresh
from perfbot.sandbox.inputs.growth import volume
from perfbot.sandbox.inputs.signature import Parameter, Signature

OPEN = frozenset(("Any", "object"))
BARE = frozenset(("list", "List", "tuple", "Tuple", "Sequence", "Iterable", "Collection"))
"""Annotations that leave the elements' type to be seen."""
STREAM = re.compile(r"^['\"]?(?:\w+\.)*(?:Iterable|Iterator|Generator)\b")
MOST = 12
"""Observed inputs that get a twin, the smallest first."""
MOST_VOLUME = 5_000
"""Inputs that hold more values get none."""


def twins(
    signature: Signature, observed: Sequence[Arguments], file_source: str
) -> Iterator[Arguments]:
    """Observed inputs in which each element of a generic parameter `x` has become `[x]`.

    Equal elements stay equal and their order stays. Further twins also wrap the arguments that are
    like an element themselves (what is looked for, say), wrap every other element of a parameter
    (and make it an iterator that ends once, where it is annotated so), or leave one as it was.
    """
    bound = [
        values
        for item in observed
        if volume(item) <= MOST_VOLUME and (values := signature.bind(item)) is not None
    ]
    names = generic(signature.parameters, bound, OPEN | unbounded(file_source))
    if not names:
        return
    alike = {kind(item) for values in bound for name in names for item in leaves(values.get(name))}
    alike.discard(None)
    streams = {item.name for item in signature.parameters if STREAM.search(item.annotation or "")}
    for values in bound[:MOST]:
        every = {
            name: wrap(value) if name in names else fresh(value) for name, value in values.items()
        }
        yield signature.call(every)
        with_items = {
            name: [fresh(value)] if kind(value) in alike else every[name]
            for name, value in values.items()
        }
        if with_items != every:
            yield signature.call(with_items)
        for name in sorted(names & set(values)):
            half = wrap(values[name], step=2)
            if half != every[name]:
                yield signature.call({**every, name: half})
            if name in streams and isinstance(half, (list, tuple)):
                yield signature.call(
                    {**every, name: Drained("list_iterator", [*half], "end", None)}
                )
            if len(names) > 1:
                yield signature.call({**every, name: fresh(values[name])})


def generic(
    parameters: Iterable[Parameter],
    bound: Sequence[Mapping[str, object]],
    open_names: frozenset[str],
) -> frozenset[str]:
    """The names of the parameters whose elements may be anything."""
    found = set()
    for parameter in parameters:
        kinds = {kind(item) for values in bound for item in leaves(values.get(parameter.name))}
        kinds.discard(None)
        if not kinds:
            continue
        text = parameter.annotation
        declared = text is not None and bool(open_names & set(re.findall(r"\w+", text)))
        if declared or (len(kinds) > 1 and (text is None or text.rpartition(".")[2] in BARE)):
            found.add(parameter.name)
    return frozenset(found)


def unbounded(file_source: str) -> frozenset[str]:
    """The file's TypeVars that stand for any type."""
    found = set()
    for node in ast.parse(file_source).body:
        match node:
            case ast.Assign(
                targets=[ast.Name(id=name)], value=ast.Call(func=func, args=[_], keywords=keywords)
            ):
                made_by = ast.unparse(func).rpartition(".")[2]
                if made_by == "TypeVar" and not any(item.arg == "bound" for item in keywords):
                    found.add(name)
    return frozenset(found)


def leaves(value: object) -> Iterator[object]:
    """What a list, tuple or iterator holds that is none itself."""
    for item in _items(value):
        if isinstance(item, (list, tuple, Drained)):
            yield from leaves(item)
        else:
            yield item


def wrap(value: object, *, step: int = 1) -> object:
    """A copy of a list, tuple or iterator with every `step`-th leaf in a list of its own."""
    if not isinstance(value, (list, tuple, Drained)):
        return fresh(value)
    made: list[object] = []
    for at, item in enumerate(_items(value)):
        if isinstance(item, (list, tuple, Drained)):
            made.append(wrap(item, step=step))
        else:
            made.append(fresh(item) if at % step else [fresh(item)])
    if isinstance(value, Drained):
        return replace(value, items=made)
    return made if isinstance(value, list) else tuple(made)


def kind(value: object) -> str | None:
    """A rough type: numbers are one kind; None for None, containers and the user's objects."""
    if isinstance(value, (bool, int, float, complex)):
        return "number"
    return type(value).__name__ if isinstance(value, (str, bytes)) else None


def _items(value: object) -> Sequence[object]:
    if isinstance(value, Drained):
        return value.items
    return value if isinstance(value, (list, tuple)) else ()
