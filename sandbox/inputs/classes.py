"""Shapes of the project's own classes, from their definitions' text."""

import ast
from collections.abc import Callable, Sequence

from perfbot.sandbox.drivers.values import Enum, Named, Object
from perfbot.sandbox.inputs import observed
from perfbot.sandbox.inputs.containers import Field, Records, Unions
from perfbot.sandbox.inputs.definitions import (
    FIELD_DECORATORS,
    Definition,
    annotated,
    decorators,
    definition,
    functional_parts,
    has_default,
    has_fields,
    in_init,
    is_abstract,
    is_constant,
    members,
)
from perfbot.sandbox.inputs.instances import Argument, Instances
from perfbot.sandbox.inputs.scalars import Constants, Opaques, Shape
from perfbot.sandbox.inputs.scope import Scope
from perfbot.sandbox.inputs.signature import KEYWORDS, POSITIONAL_ONLY, VARIADIC, parameters

ENUMS = frozenset(("Enum", "IntEnum", "StrEnum", "Flag", "IntFlag", "ReprEnum"))
FLAGS = frozenset(("Flag", "IntFlag"))
MODELS = frozenset(("BaseModel", "Struct"))
"""Bases (pydantic's, msgspec's) whose annotated fields are the constructor's arguments."""
NO_PART = frozenset(("object", "Generic", "ABC", "Protocol", "Hashable", "Sized"))
"""Bases that add nothing to a constructor."""
MAX_FLAGS = 6
MAX_IMPLEMENTERS = 8

Read = Callable[[Scope, str, Sequence[object]], Shape | None]
"""(where it stands, annotation, observed values) -> shape."""


def class_shape(scope: Scope, qualname: str, seen: Sequence[object], read: Read) -> Shape | None:
    """The shape of a class's values: made anew from its definition, and observed ones."""
    found = definition(scope, qualname)
    if found.outside & ENUMS:
        return enum_shape(scope.module, qualname, _enum_values(found), seen)
    if "TypedDict" in found.outside:
        return _typed_dict(found, seen, read)
    if "Protocol" in found.outside or is_abstract(found):
        return _implementers(found, seen, read)
    return with_observed(_instances(found, seen, read), seen)


def made_shape(scope: Scope, name: str, seen: Sequence[object], read: Read) -> Shape | None:
    """The shape of a class that a call made: `Enum("Colour", "RED GREEN")`."""
    call = scope.made[name]
    made_by = ast.unparse(call.func).rpartition(".")[2]
    parts = list(functional_parts(call.args[1])) if len(call.args) > 1 else []
    if made_by in ENUMS:
        members: dict[str, int | None] = {part: None for part, _ in parts}
        return enum_shape(scope.module, name, members, seen)
    if made_by == "TypedDict":
        total = not any(
            item.arg == "total" and is_constant(item.value, False) for item in call.keywords
        )
        return _records([(key, text, total, scope) for key, text in parts], seen, read)
    arguments = []
    for at, (key, text) in enumerate(parts):
        values = _at_position(seen, at)
        shape = read(scope, text, values) if text else observed.infer(values) or _small()
        if shape is None:
            return with_observed(None, seen)
        arguments.append(Argument(key, shape))
    hashable = all(item.shape.hashable for item in arguments)
    return with_observed(Instances(scope.module, name, tuple(arguments), hashable), seen)


def with_observed(shape: Shape | None, seen: Sequence[object]) -> Shape | None:
    """Values made anew in two of three draws, observed objects in the others."""
    objects = tuple(observed.of(Object, seen))
    if not objects:
        return shape
    return Opaques(objects) if shape is None else Unions((shape, shape, Opaques(objects)))


def enum_shape(
    module: str, qualname: str, members: dict[str, int | None], seen: Sequence[object]
) -> Shape | None:
    """An enumeration's members; for flags of known values also their combinations."""
    values: dict[Enum, None] = dict.fromkeys(observed.of(Enum, seen))
    values |= {Enum(module, qualname, name): None for name in members}
    numbers = [number for number in members.values() if number is not None]
    if numbers and len(numbers) == len(members) <= MAX_FLAGS:
        for mask in range(1 << len(numbers)):
            chosen = [number for at, number in enumerate(numbers) if mask >> at & 1]
            if len(chosen) != 1:
                values[Enum(module, qualname, _joined(chosen))] = None
    return Constants(tuple(values)) if values else None


def _joined(numbers: Sequence[int]) -> int:
    total = 0
    for number in numbers:
        total |= number
    return total


def _enum_values(found: Definition) -> dict[str, int | None]:
    """Members by name; a flag's with its number where the text says it."""
    members: dict[str, int | None] = {}
    flags, highest = bool(found.outside & FLAGS), 0
    for _, node in found.lineage:
        for statement in node.body:
            if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
                continue
            target, value = statement.targets[0], statement.value
            if not isinstance(target, ast.Name) or target.id.startswith("_"):
                continue
            number: int | None = None
            if flags and isinstance(value, ast.Constant) and type(value.value) is int:
                number = value.value
            elif flags and ast.unparse(value).endswith("auto()"):
                number = 1 << highest.bit_length()
            highest = max(highest, number or 0)
            if not isinstance(value, ast.Lambda):
                members[target.id] = number
    return members


def _typed_dict(found: Definition, seen: Sequence[object], read: Read) -> Shape | None:
    fields = []
    for scope, node in found.lineage:
        total = not any(
            item.arg == "total" and is_constant(item.value, False) for item in node.keywords
        )
        fields += [(name, text, total, scope) for name, text, _ in annotated(node)]
    return _records(fields, seen, read)


def _records(
    fields: Sequence[tuple[str, str, bool, Scope]], seen: Sequence[object], read: Read
) -> Shape | None:
    dicts = observed.of(dict, seen)
    made: dict[str, Field] = {}
    for key, text, total, scope in fields:
        values = [item[key] for item in dicts if key in item]
        shape = read(scope, text, values)
        outer = text.partition("[")[0].rpartition(".")[2]
        optional = outer == "NotRequired" or (not total and outer != "Required")
        if shape is not None:
            made[key] = Field(key, shape, optional)
        elif not optional:
            return None
    return Records(tuple(made.values()), declared=True)


def _instances(found: Definition, seen: Sequence[object], read: Read) -> Shape | None:
    """Objects made by the class's constructor, or None where its arguments are unknown."""
    own_init = next(
        ((scope, item) for scope, node in reversed(found.lineage) for item in node.body
         if isinstance(item, ast.FunctionDef) and item.name == "__init__"),
        None,
    )  # fmt: skip
    arguments: list[Argument] | None
    if own_init is not None:
        arguments = _of_init(*own_init, seen, read)
    elif "NamedTuple" in found.outside or found.outside & MODELS or has_fields(found.node):
        arguments = _of_fields(found, seen, read)
    else:
        arguments = [] if found.outside <= NO_PART else None
    if arguments is None or found.defines("__new__"):
        return None
    hashable = _hashable(found, arguments)
    return Instances(found.scope.module, found.qualname, tuple(arguments), hashable)


def _of_init(
    scope: Scope, node: ast.FunctionDef, seen: Sequence[object], read: Read
) -> list[Argument] | None:
    arguments = []
    for item in parameters(node.args)[1:]:
        if item.kind in (VARIADIC, KEYWORDS):
            continue
        values = [*_attribute(seen, item.name), *_attribute(seen, f"_{item.name}")]
        shape = (
            observed.infer(values)
            if item.annotation is None
            else read(scope, item.annotation, values)
        )
        if shape is not None:
            positional = item.kind == POSITIONAL_ONLY
            arguments.append(Argument(item.name, shape, not item.required, positional))
        elif item.required:
            return None
    return arguments


def _of_fields(found: Definition, seen: Sequence[object], read: Read) -> list[Argument] | None:
    fields: dict[str, tuple[Scope, str, ast.expr | None]] = {}
    for scope, node in found.lineage:
        for name, text, value in annotated(node):
            fields[name] = (scope, text, value)
    arguments = []
    for at, (name, (scope, text, value)) in enumerate(fields.items()):
        outer = text.partition("[")[0].rpartition(".")[2]
        if outer in ("ClassVar", "KW_ONLY") or not in_init(value):
            continue
        inner = text.partition("[")[2][:-1] if outer == "InitVar" else text
        if isinstance(value, ast.Call):  # pydantic's `x: int = Field(gt=0)`
            inner = f"Annotated[{inner}, {ast.unparse(value)}]"
        shape = read(scope, inner, _attribute(seen, name) or _at_position(seen, at))
        if shape is not None:
            arguments.append(Argument(name, shape, has_default(value)))
        elif not has_default(value):
            return None
    return arguments


def _implementers(found: Definition, seen: Sequence[object], read: Read) -> Shape | None:
    """For a Protocol or an abstract class: objects of the project's classes that satisfy it."""
    wanted = {
        name for _, node in found.lineage for name in members(node) if name not in ("__init__",)
    }
    options: list[Shape] = []
    scopes = dict.fromkeys([*found.scope.neighbours(), *found.scope.files.scopes.values()])
    for scope in scopes:
        for qualname in scope.classes if scope is not None else ():
            assert scope is not None
            other = definition(scope, qualname)
            inherits = any(node is found.node for _, node in other.lineage[:-1])
            satisfies = "Protocol" in found.outside and all(map(other.defines, wanted))
            if other.node is found.node or not (inherits or satisfies) or is_abstract(other):
                continue
            if "Protocol" in {base.id for base in other.node.bases if isinstance(base, ast.Name)}:
                continue
            shape = _instances(other, _of_class(seen, qualname), read)
            if shape is not None and len(options) < MAX_IMPLEMENTERS:
                options.append(shape)
    made = Unions(tuple(options)) if options else None
    return with_observed(made, seen)


def subclasses(scope: Scope, qualname: str) -> Shape:
    """For `type[Base]`: the class and those of the project that inherit from it."""
    node = scope.classes[qualname]
    found = {Named("class", scope.module, qualname): None}
    for other in scope.neighbours():
        for name in other.classes:
            if any(known is node for _, known in definition(other, name).lineage):
                found[Named("class", other.module, name)] = None
    return Constants(tuple(found))


def _of_class(seen: Sequence[object], qualname: str) -> list[object]:
    return [item for item in seen if isinstance(item, Object) and item.qualname == qualname]


def _attribute(seen: Sequence[object], name: str) -> list[object]:
    """What the observed objects hold in an attribute."""
    found = []
    for item in observed.of(Object, seen):
        if isinstance(item.state, tuple) and item.state[:1] == ("state",):
            held = {**(item.state[2] or {}), **item.state[3]}
            found += [held[name]] if name in held else []
    return found


def _at_position(seen: Sequence[object], at: int) -> list[object]:
    """What the observed tuples of a class hold at a position."""
    contents = [item.state[1] for item in observed.of(Object, seen)
                if isinstance(item.state, tuple) and item.state[:1] == ("state",)]  # fmt: skip
    return [row[at] for row in contents if isinstance(row, tuple) and at < len(row)]


def _small() -> Shape:
    return observed.integers([0, 9])


def _hashable(found: Definition, arguments: Sequence[Argument]) -> bool:
    inner = all(item.shape.hashable for item in arguments)
    if "NamedTuple" in found.outside:
        return inner
    if found.defines("__hash__"):
        return True
    if has_fields(found.node):
        options = next((it for name, it in decorators(found.node).items()
                        if name in FIELD_DECORATORS), None)  # fmt: skip
        said = {item.arg: item.value for item in getattr(options, "keywords", ())}
        frozen = "frozen" in decorators(found.node) or is_constant(said.get("frozen"), True)
        return is_constant(said.get("eq"), False) or (frozen and inner)
    return not found.outside & MODELS and not found.defines("__eq__")
