"""What Python code is, apart from how it is written: equal keys are the same instructions.

Layout, comments, names of local variables, their annotations and what the compiler folds are no
difference; docstrings, headers, names of anything else and the order of work are. So two texts with
one key do the same in the same time: it is the same bytecode, on the same constants.

Equal answers on some inputs would be no such ground, with or without an equal count of the lines or
opcodes run: `x in list(ys)` and `x in set(ys)` run as many, and the second is the faster edit.
"""

import ast
import hashlib
import inspect
import warnings
from collections.abc import Iterator
from types import CodeType

LOOKS_AT_NAMES = frozenset(
    (
        *("locals", "vars", "dir", "eval", "exec", "_getframe", "_current_frames", "currentframe"),
        *("stack", "trace", "f_locals", "gi_frame", "cr_frame", "ag_frame", "tb_frame", "__code__"),
    )
)
"""Where one of these is named, the names of local variables may be part of what code does."""
MOST_COPIES = 1_000_000
"""The compiler writes a `finally` out anew for each `return`, `break` or `continue` that leaves it:
text that could so be made to fill the memory is compared as a tree."""


def python_key(source: str, *, same_python: bool = True) -> str:
    """A SHA-256 of the code in a file.

    `same_python`: the code will run under the interpreter's version that perfbot itself has, so
    that its bytecode is the one compared; else the syntax tree is, in which only layout and
    comments do not count. What does not compile has the key of its text.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
            code = _bytecode(tree) if same_python and _compiles_small(tree) else None
            found = "tree " + ast.dump(tree) if code is None else "code " + code
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        found = "text " + source
    return hashlib.sha256(found.encode(errors="surrogatepass")).hexdigest()


def _bytecode(tree: ast.Module) -> str | None:
    """The bytecode as text; None where it does not tell all: a set constant lost its order."""
    code = compile(tree, "<edit>", "exec", dont_inherit=True, optimize=0)
    whole = list(_inner(code))
    if any(isinstance(item, frozenset) for each in whole for item in _constants(each.co_consts)):
        return None
    named = any(LOOKS_AT_NAMES.intersection(each.co_names) for each in whole)
    return repr(_described(code, named=named))


def _described(code: CodeType, *, named: bool) -> list[object]:
    """All that running a code object depends on, as plain data; line numbers are not in it.

    A function's local variables are numbered in its bytecode, so their names count only where they
    are parameters. In a class or module they are looked up by name.
    """
    parameters = (
        code.co_argcount
        + code.co_kwonlyargcount
        + bool(code.co_flags & inspect.CO_VARARGS)
        + bool(code.co_flags & inspect.CO_VARKEYWORDS)
    )
    whole = named or not code.co_flags & inspect.CO_OPTIMIZED
    return [
        code.co_code,
        getattr(code, "co_exceptiontable", b""),  # of Python 3.11 and later
        code.co_name,
        getattr(code, "co_qualname", code.co_name),
        code.co_flags,
        (code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_nlocals),
        code.co_names,
        code.co_varnames if whole else code.co_varnames[:parameters],
        (code.co_cellvars, code.co_freevars)
        if whole
        else (len(code.co_cellvars), len(code.co_freevars)),
        [_constant(item, named=named) for item in code.co_consts],
    ]


def _constant(value: object, *, named: bool) -> object:
    """A constant with its type: 1, 1.0 and True are three."""
    if isinstance(value, CodeType):
        return _described(value, named=named)
    if isinstance(value, tuple):
        return ["tuple", *(_constant(item, named=named) for item in value)]
    return [type(value).__name__, repr(value)]


def _inner(code: CodeType) -> Iterator[CodeType]:
    """The code object and those of the functions and classes in it."""
    yield code
    for item in code.co_consts:
        if isinstance(item, CodeType):
            yield from _inner(item)


def _constants(values: tuple[object, ...]) -> Iterator[object]:
    for item in values:
        yield item
        if isinstance(item, tuple):
            yield from _constants(item)


def _compiles_small(tree: ast.Module) -> bool:
    """Whether what a compiler copies stays small: no `finally` in a `finally`, and few exits."""
    nodes = list(ast.walk(tree))
    late = [
        inner
        for node in nodes
        for statement in getattr(node, "finalbody", [])
        for inner in ast.walk(statement)
    ]
    exits = sum(isinstance(node, (ast.Return, ast.Break, ast.Continue)) for node in nodes)
    nested = any(getattr(node, "finalbody", []) for node in late)
    return not nested and (exits + 2) * len(late) <= MOST_COPIES
