"""Counterexamples for people: the call, what each version did, and a script that shows it."""

import ast
import sys
from typing import Any

from perfbot.sandbox.comparison import show
from perfbot.sandbox.drivers.unwire import decode
from perfbot.sandbox.drivers.values import WireError
from perfbot.sandbox.drivers.wire import encode
from perfbot.sandbox.outcome import Outcome
from perfbot.sandbox.target import Target

CALL_LIMIT = 2_000

SCRIPT = '''\
"""Shows an input on which two versions of {qualname} differ: exits with 1 if they do."""
import asyncio, contextlib, copy, io, signal, sys, types

sys.dont_write_bytecode = True
inf, nan = float("inf"), float("nan")
ORIGINAL = {original!r}
EDIT = {edit!r}
ARGS, KWARGS = {args}, {kwargs}


def too_long(*_):
    raise TimeoutError("no answer in 10 s")


def outcome(source):
    signal.signal(signal.SIGALRM, too_long)
    signal.alarm(10)
    module = types.ModuleType({module!r})
    sys.modules[{module!r}] = module
    exec(compile(source, {path!r}, "exec"), module.__dict__)
    function = module
    for name in {qualname!r}.split("."):
        function = getattr(function, name)
    args, kwargs = copy.deepcopy((ARGS, KWARGS))
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        try:
            value = function(*args, **kwargs)
            if hasattr(value, "__await__"):
                value = asyncio.run(value)
            if hasattr(value, "__next__"):
                value = (type(value).__name__, list(value))
            found = ("returned", type(value).__name__, repr(value), any(value is a for a in args))
        except BaseException as error:
            found = ("raised", type(error).__name__, repr(error.args))
    signal.alarm(0)
    return found, repr((args, kwargs)), out.getvalue()


before, after = outcome(ORIGINAL), outcome(EDIT)
print("original:", before)
print("edit:    ", after)
sys.exit(before != after)
'''


def call_text(target: Target, inputs: bytes) -> str:
    """The call as a person would write it."""
    try:
        args, kwargs = decode(inputs)
    except (WireError, ValueError):
        return f"{target.qualname}(…)"
    parts = [show(item, CALL_LIMIT) for item in args]
    parts += [f"{name}={show(item, CALL_LIMIT)}" for name, item in kwargs.items()]
    return f"{target.qualname}({', '.join(parts)})"[:CALL_LIMIT]


def outcome_text(outcome: Outcome) -> str:
    """What a call did, in a few words."""
    if not outcome.answered:
        return f"no answer ({outcome.status}): {outcome.body.decode(errors='replace')[:300]}"
    try:
        parts = outcome.parts()
        if parts is None:
            return "a result too large to show"
        verb = "returned" if outcome.status == "return" else "raised"
        return f"{verb} {show(parts[0])}"
    except (WireError, RecursionError, TypeError, IndexError) as error:
        return f"an answer that cannot be read: {error}"


def snippet(target: Target, edit_source: str, inputs: bytes) -> str:
    """A script that shows the difference in a plain interpreter, or "" where none can be written.

    One can where the file imports only the standard library and the arguments are literals.
    """
    try:
        args, kwargs = decode(inputs)
    except (WireError, ValueError):
        return ""
    if not (stands_alone(target.file_source) and stands_alone(edit_source)):
        return ""
    if not (literal(args) and literal(kwargs)):
        return ""
    return SCRIPT.format(
        qualname=target.qualname,
        module=target.module,
        path=target.path,
        original=target.file_source,
        edit=edit_source,
        args=repr(args),
        kwargs=repr(kwargs),
    )


def literal(value: Any) -> bool:
    """Whether `repr` of a value is Python source for the same value."""
    try:
        text = repr(value)
        found = eval(text, {"__builtins__": {"set": set, "frozenset": frozenset, "range": range,
                            "bytearray": bytearray, "complex": complex},
                            "inf": float("inf"), "nan": float("nan")})  # fmt: skip
        return encode(found) == encode(value)
    except (WireError, SyntaxError, NameError, TypeError, ValueError, RecursionError, MemoryError):
        return False


def stands_alone(source: str) -> bool:
    """Whether a module imports nothing outside the standard library."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [item.name for item in node.names]
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                return False
            names = [node.module or ""]
        else:
            continue
        if any(name.split(".")[0] not in sys.stdlib_module_names for name in names):
            return False
    return True
