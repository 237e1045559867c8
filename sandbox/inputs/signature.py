"""A target's parameters, read from its source; and the constants that an edit brings with it."""

import ast
import operator
import re
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, replace

from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.target import Target

POSITIONAL_ONLY, ORDINARY, VARIADIC, KEYWORD_ONLY, KEYWORDS = (
    "positional-only",
    "positional-or-keyword",
    "variadic",
    "keyword-only",
    "keywords",
)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: its kind, its annotation's text, its default's text."""

    name: str
    kind: str = ORDINARY
    annotation: str | None = None
    default: str | None = None
    enforced: bool = False
    """The function itself refuses what is outside the annotation's bounds: part of its domain."""

    @property
    def required(self) -> bool:
        """Whether a call without it fails."""
        return self.default is None and self.kind not in (VARIADIC, KEYWORDS)


@dataclass(frozen=True, slots=True)
class Signature:
    """A function's parameters in order."""

    parameters: tuple[Parameter, ...]

    def bind(self, arguments: Arguments) -> dict[str, object] | None:
        """Each parameter's value by name (omitted ones absent), or None for a call that fails."""
        bound: dict[str, object] = {}
        positional = list(arguments.args)
        keywords = dict(arguments.kwargs)
        for parameter in self.parameters:
            name = parameter.name
            if parameter.kind == VARIADIC:
                if positional:
                    bound[name] = tuple(positional)
                    positional = []
            elif parameter.kind == KEYWORDS:
                if keywords:
                    bound[name] = keywords
                    keywords = {}
            elif parameter.kind != KEYWORD_ONLY and positional:
                bound[name] = positional.pop(0)
            elif parameter.kind != POSITIONAL_ONLY and name in keywords:
                bound[name] = keywords.pop(name)
            elif parameter.required:
                return None
        return None if positional or keywords else bound

    def call(self, bound: Mapping[str, object], *, by_keyword: bool = False) -> Arguments:
        """The argument list for values by name; positional where possible unless `by_keyword`."""
        args: list[object] = []
        kwargs: dict[str, object] = {}
        variadic = any(item.kind == VARIADIC and item.name in bound for item in self.parameters)
        in_order = True
        for parameter in self.parameters:
            name, kind = parameter.name, parameter.kind
            if name not in bound:
                in_order = in_order and kind in (VARIADIC, KEYWORD_ONLY)
                continue
            value = bound[name]
            if kind == VARIADIC and isinstance(value, tuple):
                args.extend(value if in_order else ())
            elif kind == KEYWORDS and isinstance(value, dict):
                kwargs.update(value)
            elif kind == POSITIONAL_ONLY or (
                kind == ORDINARY and in_order and (variadic or not by_keyword)
            ):
                args.append(value)
            else:
                kwargs[name] = value
        return Arguments(tuple(args), kwargs)


def signature_of(source: str, *, skip_first: bool = False) -> Signature:
    """The signature of the first function in `source`, which may be indented.

    `skip_first` leaves out what a class method is bound to.

    Raises: ValueError where there is no function, SyntaxError where `source` is not Python.
    """
    for node in ast.walk(parsed(source)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            found = parameters(node.args)
            return Signature(tuple(found[1:] if skip_first else found))
    raise ValueError("no function in the source")


def target_signature(target: Target) -> Signature:
    """The signature of a target; a method's `self` is annotated with the class it is in."""
    signature = signature_of(target.source, skip_first=target.kind == "classmethod")
    if target.kind != "method" or not signature.parameters:
        return signature
    own, *rest = signature.parameters
    owner = target.qualname.rpartition(".")[0]
    return Signature((replace(own, annotation=own.annotation or owner), *rest))


def marked(signature: Signature, enforced: Container[str]) -> Signature:
    """The signature with its enforced parameters marked."""
    found = (replace(item, enforced=item.name in enforced) for item in signature.parameters)
    return Signature(tuple(found))


def parsed(source: str) -> ast.Module:
    """The tree of a file, or of a function cut out of one, whose first line may lack its indent.

    Raises: SyntaxError where it is not Python.
    """
    if source.startswith((" ", "\t")):
        return ast.parse("if True:\n" + source)
    lead = re.search(r"^([ \t]+)(@|def |async def )", source, re.MULTILINE)
    if source.startswith("@") and lead is not None:
        try:
            return ast.parse(source)
        except IndentationError:  # decorators of a method, of which only the first is not indented
            return ast.parse("if True:\n" + lead.group(1) + source)
    return ast.parse(source)


def parameters(header: ast.arguments) -> list[Parameter]:
    """The parameters of a function's header, in order."""
    ordered = [*header.posonlyargs, *header.args]
    missing: list[ast.expr | None] = [None] * (len(ordered) - len(header.defaults))
    found = [
        _parameter(item, POSITIONAL_ONLY if at < len(header.posonlyargs) else ORDINARY, default)
        for at, (item, default) in enumerate(
            zip(ordered, missing + list(header.defaults), strict=True)
        )
    ]
    if header.vararg:
        found.append(_parameter(header.vararg, VARIADIC, None))
    for item, default in zip(header.kwonlyargs, header.kw_defaults, strict=True):
        found.append(_parameter(item, KEYWORD_ONLY, default))
    if header.kwarg:
        found.append(_parameter(header.kwarg, KEYWORDS, None))
    return found


def _parameter(item: ast.arg, kind: str, default: ast.expr | None) -> Parameter:
    return Parameter(
        item.arg,
        kind,
        ast.unparse(item.annotation) if item.annotation else None,
        ast.unparse(default) if default else None,
    )


def default_values(parameter: Parameter) -> tuple[object, ...]:
    """The default where it is a literal: an example of what the parameter takes."""
    if parameter.default is None:
        return ()
    try:
        return (ast.literal_eval(parameter.default),)
    except (ValueError, TypeError, SyntaxError):
        return ()


def literals_new_in(original_source: str, edit_source: str) -> tuple[object, ...]:
    """Constants of the edit that the original lacks: an edit may treat just these specially.

    Docstrings do not count; a negative number counts as itself.

    Raises: SyntaxError where either source is not Python.
    """
    known = {(type(value), repr(value)) for value in _literals(original_source)}
    new: dict[tuple[type, str], object] = {}
    for value in _literals(edit_source):
        if (type(value), repr(value)) not in known:
            new.setdefault((type(value), repr(value)), value)
    return tuple(new.values())


def _literals(source: str) -> list[object]:
    tree = parsed(source)
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    found: list[object] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in documentation:
            if isinstance(node.value, (int, float, complex, str, bytes)):
                found.append(node.value)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            operand = node.operand
            if isinstance(operand, ast.Constant) and isinstance(operand.value, (int, float)):
                found.append(-operand.value)
        elif isinstance(node, ast.BinOp):
            found += _folded(node)
    return [value for value in found if not isinstance(value, bool)]


LARGEST_FOLDED, DEEPEST_FOLDED = 2**128, 3
FOLDED: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.LShift: operator.lshift,
    ast.Pow: operator.pow,
}


def _folded(node: ast.BinOp) -> list[object]:
    """What operators between int constants come to, unless that is huge."""
    value = _constant(node)
    return [] if value is None else [value]


def _constant(node: ast.expr, depth: int = DEEPEST_FOLDED) -> int | None:
    if isinstance(node, ast.Constant):
        return node.value if type(node.value) is int else None
    if not isinstance(node, ast.BinOp) or type(node.op) not in FOLDED or depth == 0:
        return None
    one, other = _constant(node.left, depth - 1), _constant(node.right, depth - 1)
    if one is None or other is None:
        return None
    shifting = isinstance(node.op, (ast.LShift, ast.Pow))
    largest, most = (10**6, 64) if shifting else (LARGEST_FOLDED, LARGEST_FOLDED)
    if not 0 <= one <= largest or not 0 < other <= most:
        return None
    return FOLDED[type(node.op)](one, other)


def flat(values: Sequence[object]) -> list[object]:
    """The values, those inside tuples and frozensets included."""
    found: list[object] = []
    for value in values:
        if isinstance(value, (tuple, frozenset, list, set)):
            found.extend(flat(list(value)))
        else:
            found.append(value)
    return found
