"""What a function's text says of numpy arrays: which names are arrays, how long they are."""

import ast

from perfbot.agents.rules.function import Function

MAKERS = frozenset({"zeros", "empty", "ones", "full"})
LIKE = frozenset({"zeros_like", "empty_like", "ones_like", "full_like"})
OTHER_MAKERS = frozenset({"array", "asarray", "arange", "linspace", "copy", "sort", "concatenate"})
# Methods of an array that give another one of the same length.
COPIES = frozenset({"copy", "astype"})
# Attributes and methods that lists and numbers do not have.
OF_ARRAYS = frozenset({"shape", "ndim", "dtype", "astype", "size", "T", "ravel", "reshape"})
_DEPTH = 4


def numpy_name(function: Function) -> str | None:
    """How the function says numpy, None where its module does not import it."""
    mine = function.locals | function.outer
    names = (name for name, of in function.file.top_imports.items() if of == "numpy")
    return next((name for name in names if name not in mine), None)


def maker(function: Function, node: ast.AST) -> str | None:
    """The function of numpy that a call is of."""
    if isinstance(node, ast.Call):
        module, _, name = (function.module_of(node.func) or "").partition(":")
        return name if module == "numpy" else None
    return None


def values_of(function: Function, name: str) -> list[ast.expr] | None:
    """All that a plain local is ever assigned, None where it is bound in another way."""
    if not function.is_plain_local(name):
        return None
    above = [(store, function.file.parent[store]) for store in function.stores(name)]
    found = []
    for store, node in above:
        match node:
            case ast.Assign(targets=[target], value=value) if target is store:
                found.append(value)
            case ast.AugAssign():
                continue
            case _:
                return None
    return found


def is_array(function: Function, name: str) -> bool:
    """Whether the text shows that a name is an array: annotated, made or used as one."""
    annotation = function.parameters.get(name)
    if annotation is not None:
        return "ndarray" in (text := ast.unparse(annotation)) or "NDArray" in text
    values = values_of(function, name) or []
    if values and all(_makes_array(function, value, name) for value in values):
        return True
    return any(_used_as_array(function, use) for use in function.uses(name))


def _makes_array(function: Function, value: ast.expr, name: str) -> bool:
    match value:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=source), attr=attr)) if attr in COPIES:
            return source != name and is_array(function, source)
    return maker(function, value) in MAKERS | LIKE | OTHER_MAKERS


def _used_as_array(function: Function, use: ast.Name) -> bool:
    match function.file.parent[use]:
        case ast.Attribute(attr=attr):
            return attr in OF_ARRAYS
        case ast.Subscript(value=value, slice=ast.Tuple()):
            return value is use
    return False


def lengths(function: Function, name: str, axis: int, depth: int = 0) -> frozenset[str]:
    """The texts that say how long an array's axis is: `len(a)`, `a.shape[0]`, `n`.

    A name is among them only where it is bound once, to one of the others.
    """
    found = {f"{name}.shape[{axis}]"} | ({f"len({name})", f"{name}.size"} if axis == 0 else set())
    values = values_of(function, name)
    if values is not None and len(values) == 1 and depth < _DEPTH:
        found |= _made_length(function, values[0], axis, depth)
    for local in sorted(function.locals):
        if _bound_to(function, local) & found:
            found.add(local)
    return frozenset(found)


def _made_length(function: Function, value: ast.expr, axis: int, depth: int) -> set[str]:
    """What the call that makes an array says of an axis."""
    match value:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=source), attr=attr)) if attr in COPIES:
            return set(lengths(function, source, axis, depth + 1))
    name = maker(function, value)
    if not isinstance(value, ast.Call) or name is None or not value.args:
        return set()
    first = value.args[0]
    if name in MAKERS:
        if isinstance(first, ast.Attribute) and isinstance(first.value, ast.Name):
            of = first.value.id
            return set(lengths(function, of, axis, depth + 1)) if first.attr == "shape" else set()
        sizes = first.elts if isinstance(first, ast.Tuple) else [first]
        return {ast.unparse(sizes[axis])} if axis < len(sizes) else set()
    if name in LIKE | {"copy", "asarray"} and isinstance(first, ast.Name):
        return set(lengths(function, first.id, axis, depth + 1))
    return set()


def _bound_to(function: Function, name: str) -> frozenset[str]:
    """What a name that is bound once holds, as text; of `n, m = a.shape` what its part does."""
    stores = function.stores(name)
    if len(stores) != 1 or name in function.captured or name in function.parameters:
        return frozenset()
    match function.file.parent[stores[0]]:
        case ast.Assign(targets=[ast.Name()], value=value):
            return frozenset({ast.unparse(value)})
        case ast.Tuple(elts=elts) as pair:
            match function.file.parent[pair]:
                case ast.Assign(value=ast.Attribute(attr="shape") as shape):
                    return frozenset({f"{ast.unparse(shape)}[{elts.index(stores[0])}]"})
    return frozenset()
