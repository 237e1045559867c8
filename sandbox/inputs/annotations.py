"""Shapes from the source text of annotations; the user's code is never imported.

An annotation declares the domain, edge cases included; observed values add examples and sizes,
and fill in what the annotation leaves open (`list`, `Any`, classes of other packages).
"""

import ast
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from perfbot.sandbox.drivers.values import Enum, Object
from perfbot.sandbox.inputs import arrays, classes, observed, outside
from perfbot.sandbox.inputs.bounded import bounded
from perfbot.sandbox.inputs.bounds import bounds_of
from perfbot.sandbox.inputs.containers import Items, Mappings, Positions, Unions
from perfbot.sandbox.inputs.instances import Chosen, Deferred
from perfbot.sandbox.inputs.scalars import Constants, Opaques, Shape
from perfbot.sandbox.inputs.scope import Scope, Variable
from perfbot.sandbox.inputs.type_names import (
    DICTS,
    FACTORIES,
    KINDS,
    RENAMED,
    SCALARS,
    SPECIALS,
    UNSUPPORTED,
    WRAPPERS,
    anything,
)

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

MAX_DEPTH = 24
"""Annotations nested deeper (or aliases of aliases without end) are not read."""


def strategy_for(
    annotation: ast.expr | str,
    seen: Sequence[object] = (),
    *,
    names: Scope | None = None,
) -> "SearchStrategy[object] | None":
    """The strategy for an annotation, or None where its values cannot be made."""
    shape = shape_for(annotation, seen, names=names)
    return None if shape is None else observed.as_strategy(shape)


def shape_for(
    annotation: ast.expr | str,
    seen: Sequence[object] = (),
    *,
    names: Scope | None = None,
) -> Shape | None:
    """The shape of an annotation's values, or None where they cannot be made.

    `names` is the scope of the file that it stands in.
    """
    return _Reader(names if names is not None else Scope("")).shape(annotation, seen, 0)


class _Reader:
    """Reads annotations that stand in one scope."""

    def __init__(
        self,
        scope: Scope,
        opened: dict[str, Deferred] | None = None,
        bound: Mapping[str, Shape] | None = None,
    ) -> None:
        self._scope = scope
        self._opened = {} if opened is None else opened
        """The aliases and classes that are being read, which may name themselves."""
        self._bound = bound or {}
        """What type parameters of a generic class stand for."""

    def shape(self, node: ast.expr | str, seen: Sequence[object], depth: int) -> Shape | None:
        if depth > MAX_DEPTH:
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
            return self._subscript(node.value, arguments, seen, depth)
        return self._name(ast.unparse(node), seen, depth)

    def _name(self, dotted: str, seen: Sequence[object], depth: int) -> Shape | None:
        if dotted in self._bound:
            return self._bound[dotted]
        found = self._scope.find(dotted)
        if found.scope is not None:
            return self._projects_own(found.scope, found.name, (), seen, depth)
        name = RENAMED.get(found.last, found.last)
        if found.name.startswith(("numpy.", "np.")) and name in arrays.SCALAR_TYPES:
            numbers = arrays.arrays_like(seen, declared=True, dtypes=arrays.SCALAR_TYPES[name])
            return None if numbers is None else arrays.Scalars(numbers)
        if name in SCALARS:
            return SCALARS[name](seen)
        if name in SPECIALS:
            return observed.specials(SPECIALS[name], seen, declared=True)
        if name in outside.SHAPES:
            return outside.SHAPES[name](seen)
        if name in KINDS:
            return self._items(name, None, seen, depth)
        if name in ("ndarray", "NDArray"):
            return arrays.arrays_like(seen, declared=True, any_dtype=True)
        if name == "ArrayLike":
            return self._array_like(seen)
        if name == "tuple":
            return self._tuple([], seen, depth)
        if name in DICTS:
            return self._dict(name, [], seen, depth)
        if name == "Any":
            return observed.infer(seen) or anything()
        if name in ("Callable", "type", "Type"):
            return outside.callables([], "", seen)
        return None if name in UNSUPPORTED else _users_own(seen)

    def _subscript(
        self, node: ast.expr, arguments: list[ast.expr], seen: Sequence[object], depth: int
    ) -> Shape | None:
        found = self._scope.find(ast.unparse(node))
        if found.scope is not None:
            return self._projects_own(found.scope, found.name, arguments, seen, depth)
        name = RENAMED.get(found.last, found.last)
        if name == "Optional":
            return self._union([*arguments, ast.Constant(None)], seen, depth)
        if name == "Union":
            return self._union(arguments, seen, depth)
        if name == "Literal":
            return self._literal(arguments)
        if name == "Annotated":
            return self._annotated(arguments, seen, depth)
        if name in WRAPPERS:
            return self.shape(arguments[0], seen, depth + 1)
        if name in KINDS:
            return self._items(name, arguments[0], seen, depth)
        if name == "tuple":
            return self._tuple(arguments, seen, depth)
        if name in DICTS:
            return self._dict(name, arguments, seen, depth)
        if name in ("ndarray", "NDArray"):
            return self._array(arguments, seen)
        if name in ("type", "Type"):
            return self._type(arguments[0], seen)
        if name == "Callable" and len(arguments) == 2:
            inner = arguments[0].elts if isinstance(arguments[0], ast.List) else []
            texts = [ast.unparse(item) for item in inner]
            return outside.callables(texts, ast.unparse(arguments[1]), seen, self._scope)
        if name == "Pattern":
            return outside.patterns(seen, ast.unparse(arguments[0]) == "bytes")
        if name in outside.SHAPES:
            return outside.SHAPES[name](seen)
        return None if name in UNSUPPORTED else _users_own(seen)

    def _annotated(
        self, arguments: list[ast.expr], seen: Sequence[object], depth: int
    ) -> Shape | None:
        """`Annotated[int, Gt(0)]`; limits that an observed value does not keep to are none."""
        shape = self.shape(arguments[0], seen, depth + 1)
        bounds = bounds_of(arguments[1:], self._scope)
        if shape is None or not all(map(bounds.allow, seen)):
            return shape
        return bounded(shape, bounds)

    def _projects_own(
        self,
        scope: Scope,
        name: str,
        arguments: Sequence[ast.expr],
        seen: Sequence[object],
        depth: int,
    ) -> Shape | None:
        """What an alias, TypeVar or class of the project stands for; it may name itself."""
        key = f"{scope.module}:{name}"
        if key in self._opened:
            return self._opened[key]
        if name in scope.variables:
            return self._variable(scope, scope.variables[name], seen, depth)
        here = self._opened[key] = Deferred(name)
        bound = self._parameters(scope, name, arguments, depth)
        inner = _Reader(scope, self._opened, bound)
        try:
            if name in scope.aliases:
                here.shape = inner.shape(scope.aliases[name], seen, depth + 1)
            elif name in scope.classes:
                here.shape = classes.class_shape(scope, name, seen, inner.within(depth))
            elif name in scope.made:
                here.shape = classes.made_shape(scope, name, seen, inner.within(depth))
        finally:
            del self._opened[key]
        return here.shape

    def within(self, depth: int) -> classes.Read:
        """How the annotations inside a class are read."""

        def read(scope: Scope, text: str, seen: Sequence[object]) -> Shape | None:
            return _Reader(scope, self._opened, self._bound).shape(text, seen, depth + 1)

        return read

    def _parameters(
        self, scope: Scope, name: str, arguments: Sequence[ast.expr], depth: int
    ) -> dict[str, Shape]:
        """What the type parameters of a generic class or alias are given, by name."""
        names: list[str] = []
        node = scope.classes.get(name)
        if node is not None:
            names = [item.name for item in getattr(node, "type_params", ())]
            for base in node.bases:
                if isinstance(base, ast.Subscript):
                    inner = base.slice
                    given = inner.elts if isinstance(inner, ast.Tuple) else [inner]
                    names += map(ast.unparse, given)
        elif name in scope.aliases:
            words = re.findall(r"\w+", scope.aliases[name])
            names = [word for word in dict.fromkeys(words) if word in scope.variables]
        shapes = [self.shape(item, (), depth + 1) for item in arguments]
        pairs = zip(dict.fromkeys(names), shapes, strict=False)
        return {key: shape for key, shape in pairs if shape is not None}

    def _variable(
        self, scope: Scope, variable: Variable, seen: Sequence[object], depth: int
    ) -> Shape | None:
        reader = _Reader(scope, self._opened)
        if variable.bound:
            return reader.shape(variable.bound, seen, depth + 1)
        if variable.options:
            shapes = [reader.shape(text, seen, depth + 1) for text in variable.options]
            known = tuple(shape for shape in shapes if shape is not None)
            return Chosen(variable.name, known) if known else None
        return observed.infer(seen) or SCALARS["int"](seen)

    def _array(self, arguments: Sequence[ast.expr], seen: Sequence[object]) -> Shape | None:
        """`NDArray[np.float64]`, or `ndarray[Any, dtype[np.float64]]`."""
        words = re.findall(r"\w+", ast.unparse(arguments[-1]))
        known = [arrays.SCALAR_TYPES[word] for word in words if word in arrays.SCALAR_TYPES]
        dtypes = tuple(item for group in known for item in group)
        return arrays.arrays_like(seen, declared=True, dtypes=dtypes, any_dtype=not dtypes)

    def _array_like(self, seen: Sequence[object]) -> Shape | None:
        numbers = observed.floats(observed.elements(seen))
        options = [arrays.arrays_like(seen, declared=True), Items("list", numbers), numbers]
        return Unions(tuple(shape for shape in options if shape is not None))

    def _type(self, node: ast.expr, seen: Sequence[object]) -> Shape | None:
        found = self._scope.find(ast.unparse(node))
        if found.scope is not None and found.name in found.scope.classes:
            return classes.subclasses(found.scope, found.name)
        return outside.callables([], "", seen)

    def _literal(self, arguments: Sequence[ast.expr]) -> Shape | None:
        values: list[object] = []
        for node in arguments:
            try:
                values.append(ast.literal_eval(node))
            except ValueError:  # an enum's member
                owner, _, member = ast.unparse(node).rpartition(".")
                found = self._scope.find(owner)
                if found.scope is None:
                    return None
                values.append(Enum(found.scope.module, found.name, member))
        return Constants(tuple(values))

    def _element(self, node: ast.expr | None, seen: Sequence[object], depth: int) -> Shape | None:
        if node is None:
            return observed.infer(seen) or anything()
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

    def _dict(
        self, name: str, arguments: list[ast.expr], seen: Sequence[object], depth: int
    ) -> Shape | None:
        if name == "Counter" and arguments:
            arguments = [*arguments, ast.Name("int")]
        dicts = [value for value in seen if isinstance(value, dict)]
        if len(arguments) < 2 and dicts and name == "dict":
            return observed.infer(dicts)
        key_node, value_node = arguments[:2] if len(arguments) > 1 else (None, None)
        key = self._element(key_node, observed.elements(dicts), depth)
        values = [item for each in dicts for item in each.values()]
        value = self._element(value_node, values, depth)
        if key is None or value is None or not key.hashable:
            return None
        if name == "defaultdict":
            made_by = "int" if value_node is None else ast.unparse(value_node).partition("[")[0]
            made_by = RENAMED.get(made_by, made_by)
            name += f" of {made_by if made_by in FACTORIES else 'int'}"
        longest = max(map(len, dicts), default=6)
        plain = Mappings(key, value, longest, name)
        made_by = "" if value_node is None else ast.unparse(value_node).partition("[")[0]
        made_by = RENAMED.get(made_by, made_by)
        if name != "dict" or made_by not in FACTORIES:
            return plain
        # A defaultdict is a dict: `d[key]` and `d.get(key)` are not the same for it.
        return Unions((plain,) * 11 + (Mappings(key, value, longest, f"defaultdict of {made_by}"),))

    def _union(self, nodes: Sequence[ast.expr], seen: Sequence[object], depth: int) -> Shape | None:
        shapes = [self.shape(node, seen, depth + 1) for node in nodes]
        options: list[Shape] = []
        for shape in shapes:
            if shape is not None:
                options.extend(shape.options if isinstance(shape, Unions) else [shape])
        # None is one value: it needs no equal share.
        heavy = [item for item in options if item != SCALARS["None"](())] * 3
        return Unions(tuple(heavy + options)) if options else None


def _is_ellipsis(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is Ellipsis


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
