"""Shapes from the source text of annotations; the user's code is never imported.

An annotation declares the domain, edge cases included; observed values add examples and sizes,
and fill in what the annotation leaves open (`list`, `Any`, the user's own classes).
"""

import ast
import datetime
import uuid
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from perfbot.sandbox.drivers.values import Enum, Object
from perfbot.sandbox.inputs import observed
from perfbot.sandbox.inputs.containers import Items, Mappings, Positions, Unions
from perfbot.sandbox.inputs.scalars import Constants, Opaques, Shape

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

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
    "Hashable": "Any",
    "MutableSequence": "list",
    "MutableSet": "set",
    "AbstractSet": "set",
    "DefaultDict": "dict",
    "OrderedDict": "dict",
    "Mapping": "dict",
    "MutableMapping": "dict",
}
"""Names whose values are drawn as another type's: what a caller would most likely pass."""
KINDS: Mapping[str, tuple[str, ...]] = {
    "list": ("list",),
    "set": ("set",),
    "frozenset": ("frozenset",),
    "Sequence": ("list", "list", "list", "tuple"),
    "Collection": ("list", "list", "tuple", "set"),
    "Container": ("list", "list", "tuple", "set"),
    "Reversible": ("list", "list", "tuple"),
    "Iterable": ("list", "list", "tuple", "iterator"),
    "Iterator": ("iterator",),
    "Generator": ("iterator",),
}
WRAPPERS = frozenset(["Annotated", "Final", "ClassVar", "Required", "NotRequired", "ReadOnly"])
UNSUPPORTED = frozenset(["Callable", "Type", "type", "Awaitable", "Coroutine", "AsyncIterator"])


def strategy_for(
    annotation: ast.expr | str,
    seen: Sequence[object] = (),
    *,
    aliases: Mapping[str, str] | None = None,
) -> "SearchStrategy[object] | None":
    """The strategy for an annotation, or None where its values cannot be made."""
    shape = shape_for(annotation, seen, aliases=aliases)
    return None if shape is None else observed.as_strategy(shape)


def aliases_in(file_source: str) -> dict[str, str]:
    """What the file's names stand for in annotations: `{"L": "List", "Vec": "list[float]"}`.

    Imports give the last part of the imported name; module-level assignments of annotations give
    their text; TypeVars their bound or constraints, else `int`; NewTypes what they wrap.
    """
    found: dict[str, str] = {}
    for node in ast.parse(file_source).body:
        if isinstance(node, ast.ImportFrom):
            found |= {item.asname or item.name: item.name for item in node.names}
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            meaning = _meaning(node.value)
            if meaning:
                found[node.targets[0].id] = meaning
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            if ast.unparse(node.annotation).endswith("TypeAlias"):
                found[node.target.id] = ast.unparse(node.value)
        elif type(node).__name__ == "TypeAlias":  # Python 3.12: type Vec = list[float]
            found[ast.unparse(node.name)] = ast.unparse(node.value)  # type: ignore[attr-defined]
    return {name: meaning for name, meaning in found.items() if name != meaning}


def _meaning(value: ast.expr) -> str:
    if isinstance(value, (ast.Subscript, ast.BinOp)):
        return ast.unparse(value)
    if isinstance(value, ast.Call):
        made_by = ast.unparse(value.func).rpartition(".")[2]
        if made_by == "NewType" and len(value.args) == 2:
            return ast.unparse(value.args[1])
        if made_by == "TypeVar":
            bounds = [item.value for item in value.keywords if item.arg == "bound"]
            options = bounds or value.args[1:]
            return " | ".join(map(ast.unparse, options)) or "int"
    return ""


def shape_for(
    annotation: ast.expr | str,
    seen: Sequence[object] = (),
    *,
    aliases: Mapping[str, str] | None = None,
) -> Shape | None:
    """The shape of an annotation's values, or None where they cannot be made."""
    return _Reader(aliases or {}).shape(annotation, seen, 0)


class _Reader:
    """Reads one annotation; `aliases` are those of the file it stands in."""

    def __init__(self, aliases: Mapping[str, str]) -> None:
        self._aliases = aliases

    def shape(self, node: ast.expr | str, seen: Sequence[object], depth: int) -> Shape | None:
        if depth > 12:  # a recursive alias
            return observed.infer(seen)
        if isinstance(node, str):
            try:
                return self.shape(ast.parse(node.strip(), mode="eval").body, seen, depth + 1)
            except SyntaxError:
                return observed.infer(seen)
        if isinstance(node, ast.Constant):
            text = node.value if isinstance(node.value, str) else None
            return self.shape(text, seen, depth + 1) if text else SCALARS["None"](seen)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return self._union([node.left, node.right], seen, depth)
        if isinstance(node, ast.Subscript):
            inner = node.slice
            arguments = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            return self._subscript(_last_name(node.value), arguments, seen, depth)
        return self._name(_last_name(node), seen, depth)

    def _name(self, name: str, seen: Sequence[object], depth: int) -> Shape | None:
        alias = self._aliases.get(name)
        if alias is not None:
            return self.shape(alias, seen, depth + 1)
        name = RENAMED.get(name, name)
        if name in SCALARS:
            return SCALARS[name](seen)
        if name in SPECIALS:
            return observed.specials(SPECIALS[name], seen, declared=True)
        if name in KINDS:
            return self._items(name, None, seen, depth)
        if name == "tuple":
            return self._tuple([], seen, depth)
        if name == "dict":
            return self._dict([], seen, depth)
        if name == "Any":
            return observed.infer(seen) or _mix()
        if name in UNSUPPORTED:
            return None
        return _users_own(seen)

    def _subscript(
        self, name: str, arguments: list[ast.expr], seen: Sequence[object], depth: int
    ) -> Shape | None:
        name = self._aliases.get(name, name)
        name = RENAMED.get(name, name)
        if name == "Optional":
            return self._union([*arguments, ast.Constant(None)], seen, depth)
        if name == "Union":
            return self._union(arguments, seen, depth)
        if name == "Literal":
            return _literal(arguments)
        if name in WRAPPERS:
            return self.shape(arguments[0], seen, depth + 1)
        if name in KINDS:
            return self._items(name, arguments[0], seen, depth)
        if name == "tuple":
            return self._tuple(arguments, seen, depth)
        if name == "dict":
            return self._dict(arguments, seen, depth)
        if name == "Counter":
            return self._dict([*arguments, ast.Name("int")], seen, depth)
        return None if name in UNSUPPORTED else _users_own(seen)

    def _element(self, node: ast.expr | None, seen: Sequence[object], depth: int) -> Shape | None:
        if node is None:
            return observed.infer(seen) or _mix()
        return self.shape(node, seen, depth + 1)

    def _items(
        self, name: str, node: ast.expr | None, seen: Sequence[object], depth: int
    ) -> Shape | None:
        element = self._element(node, observed.elements(seen), depth)
        longest = max(observed.lengths(seen), default=8)
        if element is None:
            return None
        kinds = [kind for kind in KINDS[name] if element.hashable or "set" not in kind]
        options = tuple(Items(kind, element, longest) for kind in kinds)
        if not options:
            return None
        return options[0] if len(set(kinds)) == 1 else Unions(options)

    def _tuple(self, arguments: list[ast.expr], seen: Sequence[object], depth: int) -> Shape | None:
        variadic = len(arguments) == 2 and _is_ellipsis(arguments[1])
        if variadic or not arguments:
            node = arguments[0] if arguments else None
            known = observed.infer(observed.of(tuple, seen)) if node is None else None
            if known is not None:
                return known
            element = self._element(node, observed.elements(seen), depth)
            longest = max(observed.lengths(seen), default=8)
            return None if element is None else Items("tuple", element, longest)
        if isinstance(arguments[0], ast.Tuple):  # tuple[()]
            return Constants(((),))
        rows = [row for row in observed.of(tuple, seen) if len(row) == len(arguments)]
        columns = [
            self.shape(node, [row[at] for row in rows], depth + 1)
            for at, node in enumerate(arguments)
        ]
        known_columns = tuple(shape for shape in columns if shape is not None)
        return Positions(known_columns) if len(known_columns) == len(arguments) else None

    def _dict(self, arguments: list[ast.expr], seen: Sequence[object], depth: int) -> Shape | None:
        dicts = observed.of(dict, seen)
        if len(arguments) < 2 and dicts:
            return observed.infer(dicts)
        key_node, value_node = arguments[:2] if len(arguments) > 1 else (None, None)
        key = self._element(key_node, observed.elements(dicts), depth)
        values = [item for each in dicts for item in each.values()]
        value = self._element(value_node, values, depth)
        if key is None or value is None or not key.hashable:
            return None
        return Mappings(key, value, max(map(len, dicts), default=6))

    def _union(self, nodes: Sequence[ast.expr], seen: Sequence[object], depth: int) -> Shape | None:
        shapes = [self.shape(node, seen, depth + 1) for node in nodes]
        options: list[Shape] = []
        for shape in shapes:
            if shape is not None:
                options.extend(shape.options if isinstance(shape, Unions) else [shape])
        # None is one value: it needs no equal share.
        heavy = [item for item in options if item != SCALARS["None"](())] * 3
        return Unions(tuple(heavy + options)) if options else None


def _last_name(node: ast.expr) -> str:
    """`List` of `typing.List` and of `List`: an imported module's name says nothing more."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _is_ellipsis(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is Ellipsis


def _literal(arguments: Sequence[ast.expr]) -> Shape | None:
    values: list[object] = []
    for node in arguments:
        try:
            values.append(ast.literal_eval(node))
        except ValueError:  # an enum's member
            return None
    return Constants(tuple(values))


def _users_own(seen: Sequence[object]) -> Shape | None:
    """Values of a class that only the user's code can make: observed ones, or none."""
    enums = tuple(dict.fromkeys(observed.of(Enum, seen)))
    objects = tuple(observed.of(Object, seen))
    if enums or objects:
        return (
            Unions((Constants(enums), Opaques(objects)))
            if enums and objects
            else (Constants(enums) if enums else Opaques(objects))
        )
    return observed.infer([value for value in seen if value is not None])


def _mix() -> Shape:
    """For Any with nothing observed: small ints, strings, floats and None."""
    ints, letters = observed.integers([0, 9]), observed.texts(["a", "b", "c"])
    return Unions((ints, ints, ints, letters, letters, observed.floats([0.5, 2.0]),
                   Constants((None,)), Constants((True, False))))  # fmt: skip
