"""Inferred shapes in which the project's own classes have the shape of their definitions."""

from dataclasses import replace

from perfbot.sandbox.drivers.values import Object
from perfbot.sandbox.inputs.annotations import shape_for
from perfbot.sandbox.inputs.containers import Items, Mappings, Positions, Records, Unions
from perfbot.sandbox.inputs.scalars import Opaques, Shape
from perfbot.sandbox.inputs.scope import Scope


def with_classes(shape: Shape, names: Scope) -> Shape:
    """An inferred shape in which the project's classes have the shape of their definitions."""
    if isinstance(shape, Opaques):
        return _of_one_class(shape, names) or shape
    if isinstance(shape, Items):
        return replace(shape, element=with_classes(shape.element, names))
    if isinstance(shape, Positions):
        return replace(shape, items=tuple(with_classes(item, names) for item in shape.items))
    if isinstance(shape, Mappings):
        return replace(shape, value=with_classes(shape.value, names))
    if isinstance(shape, Records):
        fields = (replace(item, value=with_classes(item.value, names)) for item in shape.fields)
        return replace(shape, fields=tuple(fields))
    if isinstance(shape, Unions):
        return Unions(tuple(with_classes(item, names) for item in shape.options))
    return shape


def _of_one_class(shape: Opaques, names: Scope) -> Shape | None:
    """What the class of observed objects says of their like."""
    kinds = {(it.module, it.qualname) if isinstance(it, Object) else None for it in shape.values}
    kind = kinds.pop() if len(kinds) == 1 else None
    scope = names.files.scope(kind[0]) if kind is not None else None
    if kind is None or scope is None or kind[1] not in scope.classes:
        return None
    return shape_for(kind[1], shape.values, names=scope)
