"""What kind of value an expression has, as far as the function's own text tells."""

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from perfbot.agents.rules.function import Function

RESULT_OF_BUILTIN = {
    "abs": None,
    "bool": "bool",
    "bytes": "bytes",
    "chr": "str",
    "dict": "dict",
    "float": "float",
    "frozenset": "frozenset",
    "hex": "str",
    "input": "str",
    "int": "int",
    "len": "int",
    "list": "list",
    "ord": "int",
    "range": "range",
    "repr": "str",
    "set": "set",
    "sorted": "list",
    "str": "str",
    "tuple": "tuple",
}
RESULT_OF_METHOD = {
    "casefold": "str",
    "format": "str",
    "join": "str",
    "lower": "str",
    "lstrip": "str",
    "rstrip": "str",
    "split": "list",
    "splitlines": "list",
    "strip": "str",
    "title": "str",
    "upper": "str",
    "zfill": "str",
}
ANNOTATIONS = {
    **{kind: kind for kind in ("bool", "bytes", "dict", "float", "frozenset", "int", "list")},
    **{kind: kind for kind in ("set", "str", "tuple")},
    "Dict": "dict",
    "FrozenSet": "frozenset",
    "List": "list",
    "Set": "set",
    "Tuple": "tuple",
}
SEQUENCES = frozenset({"list", "tuple", "range", "str"})
# A name's kind while it is being worked out from an assignment that mentions it.
ITSELF = "itself"
NUMBERS = frozenset({"int", "float", "bool"})


def annotated(annotation: ast.expr | None) -> tuple[str | None, str | None]:
    """The kinds of a value and of its elements by its annotation."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        try:
            annotation = ast.parse(annotation.value, mode="eval").body
        except SyntaxError:
            return None, None
    match annotation:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return ANNOTATIONS.get(name), "str" if name == "str" else None
        case ast.Subscript(value=ast.Name(id=name) | ast.Attribute(attr=name), slice=inner):
            if isinstance(inner, ast.Tuple):
                inner = inner.elts[0] if inner.elts else inner
            return ANNOTATIONS.get(name), annotated(inner)[0]
    return None, None


def kind_of(function: "Function", node: ast.expr, depth: int = 0) -> str | None:
    """The builtin type's name, or None where the text does not tell."""
    if depth > 6:
        return None
    match node:
        case ast.Constant(value=value):
            return type(value).__name__
        case ast.JoinedStr():
            return "str"
        case ast.List() | ast.ListComp():
            return "list"
        case ast.Tuple():
            return "tuple"
        case ast.Dict() | ast.DictComp():
            return "dict"
        case ast.Set() | ast.SetComp():
            return "set"
        case ast.Compare() if all(isinstance(op, ast.In | ast.NotIn | ast.Is) for op in node.ops):
            return "bool"
        case ast.UnaryOp(op=ast.Not()):
            return "bool"
        case ast.UnaryOp(operand=operand):
            return kind_of(function, operand, depth + 1)
        case ast.Name(id=name):
            return kind_of_name(function, name, depth + 1)
        case ast.Call(func=ast.Name(id=name)) if function.is_builtin(name):
            return RESULT_OF_BUILTIN.get(name)
        case ast.Call(func=ast.Attribute(value=value, attr=attr)):
            if attr == "copy":
                return kind_of(function, value, depth + 1)
            return RESULT_OF_METHOD.get(attr)
        case ast.Subscript(value=value, slice=ast.Slice()):
            return kind_of(function, value, depth + 1)
        case ast.Subscript(value=value):
            return element_kind(function, value, depth + 1)
        case ast.BinOp(left=left, right=right):
            return _kind_of_operation(
                node.op, kind_of(function, left, depth + 1), kind_of(function, right, depth + 1)
            )
        case ast.IfExp(body=body, orelse=orelse):
            first = kind_of(function, body, depth + 1)
            return first if first == kind_of(function, orelse, depth + 1) else None
    return None


def _kind_of_operation(op: ast.operator, left: str | None, right: str | None) -> str | None:
    """The kind of `left op right` for builtin kinds."""
    if left is None or right is None:
        return None
    if ITSELF in (left, right):
        other = right if left == ITSELF else left
        return other if isinstance(op, ast.Add) and other in ("list", "str", "int") else None
    if left in NUMBERS and right in NUMBERS:
        if isinstance(op, ast.Pow):
            return None  # 2 ** -1 is a float
        return "float" if isinstance(op, ast.Div) or "float" in (left, right) else "int"
    if isinstance(op, ast.Add) and left == right:
        return left
    if isinstance(op, ast.Mult) and "int" in (left, right):
        return left if right == "int" else right
    if isinstance(op, ast.Mod) and left == "str":
        return "str"
    return left if left == right and left in ("set", "frozenset") else None


def kind_of_name(function: "Function", name: str, depth: int = 0) -> str | None:
    """The one kind that every binding of a local name gives it."""
    if name not in function.locals or name in function.outer | function.captured:
        return None
    if name in function.names_in_progress:
        return ITSELF
    kinds: set[str | None] = set()
    if name in function.parameters:
        kinds.add(annotated(function.parameters[name])[0])
    function.names_in_progress.add(name)
    for store in function.stores(name):
        kinds.add(_kind_of_store(function, store, depth))
    function.names_in_progress.remove(name)
    kinds.discard(ITSELF)
    return kinds.pop() if len(kinds) == 1 else None


def _kind_of_store(function: "Function", store: ast.Name, depth: int) -> str | None:
    """The kind that one binding of a name gives it."""
    if depth > 6:
        return None
    above = function.file.parent[store]
    match above:
        case ast.AnnAssign(annotation=annotation):
            return annotated(annotation)[0]
        case ast.Assign(targets=targets, value=value) if store in targets:
            return kind_of(function, value, depth + 1)
        case ast.AugAssign(op=op, value=value):
            others = [s for s in function.stores(store.id) if s is not store]
            first = next((_kind_of_store(function, s, depth + 1) for s in others[:1]), None)
            if first is None:
                return None
            return (
                first
                if first == "list"
                else _kind_of_operation(op, first, kind_of(function, value, depth + 1))
            )
        case ast.For(target=target, iter=source) if target is store:
            return element_kind(function, source, depth + 1)
        case ast.comprehension(target=target, iter=source) if target is store:
            return element_kind(function, source, depth + 1)
        case ast.Tuple():
            return _kind_in_tuple(function, above, store, depth)
    return None


def _kind_in_tuple(
    function: "Function", pair: ast.Tuple, store: ast.Name, depth: int
) -> str | None:
    """The kind of a name bound by unpacking."""
    index = pair.elts.index(store)
    match function.file.parent[pair]:
        case ast.Assign(value=ast.Tuple(elts=values)) if len(values) == len(pair.elts):
            return kind_of(function, values[index], depth + 1)
        case ast.For(iter=ast.Call(func=ast.Name(id="enumerate"), args=[source])) | (
            ast.comprehension(iter=ast.Call(func=ast.Name(id="enumerate"), args=[source]))
        ):
            return "int" if index == 0 else element_kind(function, source, depth + 1)
    return None


def element_kind(function: "Function", node: ast.expr, depth: int = 0) -> str | None:
    """The kind of what iterating an expression gives."""
    if depth > 6:
        return None
    match node:
        case ast.List(elts=elts) | ast.Tuple(elts=elts) | ast.Set(elts=elts):
            kinds = {kind_of(function, item, depth + 1) for item in elts}
            return kinds.pop() if len(kinds) == 1 else None
        case ast.ListComp(elt=elt) | ast.GeneratorExp(elt=elt):
            return kind_of(function, elt, depth + 1)
        case ast.Name(id=name) if name in function.parameters and not function.stores(name):
            return annotated(function.parameters[name])[1]
        case ast.Call(func=ast.Name(id="list" | "sorted" | "set" | "reversed"), args=[inner, *_]):
            return element_kind(function, inner, depth + 1)
        case ast.Call(func=ast.Attribute(attr="split" | "splitlines")):
            return "str"
    kind = kind_of(function, node, depth + 1)
    return {"str": "str", "range": "int", "bytes": "int"}.get(kind or "")
