"""What the names of the standard library's types stand for in annotations."""

import datetime
import uuid
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from perfbot.sandbox.inputs import observed
from perfbot.sandbox.inputs.containers import Unions
from perfbot.sandbox.inputs.scalars import Constants, Shape

SCALARS: Mapping[str, Callable[[Sequence[object]], Shape]] = {
    "int": lambda seen: observed.integers(seen, declared=True),
    "float": lambda seen: observed.floats(seen, declared=True),
    "str": lambda seen: observed.texts(seen, declared=True),
    "bool": lambda seen: Constants((False, True)),
    "complex": lambda seen: observed.complexes(seen, declared=True),
    "bytes": lambda seen: observed.data(seen, mutable=False, declared=True),
    "bytearray": lambda seen: observed.data(seen, mutable=True, declared=True),
    "None": lambda seen: Constants((None,)),
    "Number": lambda seen: Unions((SCALARS["int"](seen), SCALARS["float"](seen))),
}
SPECIALS: Mapping[str, type] = {
    "Decimal": Decimal,
    "Fraction": Fraction,
    "date": datetime.date,
    "datetime": datetime.datetime,
    "time": datetime.time,
    "timedelta": datetime.timedelta,
    "UUID": uuid.UUID,
    "range": range,
}
RENAMED = {
    "List": "list",
    "Dict": "dict",
    "Tuple": "tuple",
    "Set": "set",
    "FrozenSet": "frozenset",
    "Text": "str",
    "AnyStr": "str",
    "ByteString": "bytes",
    "Integral": "int",
    "Real": "float",
    "SupportsInt": "int",
    "SupportsIndex": "int",
    "SupportsFloat": "float",
    "NoneType": "None",
    "object": "Any",
    "LiteralString": "str",
    "SupportsAbs": "float",
    "SupportsRound": "float",
    "SupportsComplex": "complex",
    "Buffer": "bytes",
    "MutableSequence": "list",
    "MutableSet": "set",
    "AbstractSet": "set",
    "Deque": "deque",
    "DefaultDict": "defaultdict",
    "Mapping": "dict",
    "MutableMapping": "dict",
}
"""Names whose values are drawn as another type's: what a caller would most likely pass."""
KINDS: Mapping[str, tuple[str, ...]] = {
    "list": ("list",),
    "set": ("set",),
    "frozenset": ("frozenset",),
    "deque": ("deque",),
    "Sized": ("list", "list", "tuple", "set"),
    "Sequence": ("list", "list", "list", "tuple"),
    "Collection": ("list", "list", "tuple", "set"),
    "Container": ("list", "list", "tuple", "set"),
    "Reversible": ("list", "list", "tuple"),
    "Iterable": ("list", "list", "tuple", "iterator"),
    "Iterator": ("iterator",),
    "Generator": ("iterator",),
}
WRAPPERS = frozenset(["Final", "ClassVar", "Required", "NotRequired", "ReadOnly"])
DICTS = frozenset(("dict", "OrderedDict", "Counter", "defaultdict"))
FACTORIES = frozenset(("list", "dict", "set", "int", "float", "str"))
"""What a defaultdict's values may be made by."""
UNSUPPORTED = frozenset(["Awaitable", "Coroutine", "AsyncIterator"])


def anything() -> Shape:
    """For Any with nothing observed: small ints, strings, floats and None."""
    ints, letters = observed.integers([0, 9]), observed.texts(["a", "b", "c"])
    return Unions((ints, ints, ints, letters, letters, observed.floats([0.5, 2.0]),
                   Constants((None,)), Constants((True, False))))  # fmt: skip
