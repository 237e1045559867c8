"""How a counterexample's script looks at a call: once, twice, in steps, or as tasks."""

import inspect

from perfbot.sandbox.drivers import steps, subclassed
from perfbot.sandbox.drivers.callbacks import CALLBACKS
from perfbot.sandbox.drivers.steps import LAZY_WAYS, STREAMED, TASK_WAYS
from perfbot.sandbox.drivers.subclassed import SUBCLASS

FINISHED = """\
async def collected(source):
    return [item async for item in source]


def finished(value):
    if hasattr(value, "__aiter__"):
        value = collected(value)
    return asyncio.run(value) if hasattr(value, "__await__") else value


"""
ONCE = """\
def look(function, args, kwargs, written):
    return finished(function(*args, **kwargs))
"""
TWICE = """\
def holds(value):
    # The changeable things in a value, by identity.
    if isinstance(value, dict):
        inner = [*value.keys(), *value.values()]
    else:
        inner = value if isinstance(value, (list, tuple, set, frozenset)) else []
    own = set() if type(value).__hash__ and not hasattr(value, "__dict__") else {id(value)}
    return own.union(*map(holds, inner))


def look(function, args, kwargs, written):
    first = finished(function(*args, **kwargs))
    _function, args, kwargs = call()
    second = finished(function(*args, **kwargs))
    shared = holds(first) & holds(second)
    return [first, second, "share a part" if shared else "share nothing"]
"""
IN_STEPS = """\
def look(function, args, kwargs, written):
{streams}    value = function(*args, **kwargs)
    if hasattr(value, "__await__"):
        value = asyncio.run(value)
    return in_steps(value, {way!r}, [*args, *kwargs.values()], written)
"""
WITH_CALLBACKS = """\
CALLS = []


def noting(value):
    if isinstance(value, list):
        return [noting(item) for item in value]
    if not isinstance(value, (types.FunctionType, types.BuiltinFunctionType, types.MethodType)):
        return value

    def call(*args, **kwargs):
        CALLS.append((value.__qualname__, told(args), told(kwargs)))
        return value(*args, **kwargs)

    return call


def look(function, args, kwargs, written):
    noted = {name: noting(item) for name, item in kwargs.items()}
    found = finished(function(*[noting(item) for item in args], **noted))
    return [found, "calls", CALLS]
"""
OF_A_SUBCLASS = """\
class WireError(Exception):
    pass


def look(function, args, kwargs, written):
    return finished(through_subclass(function, args)(*args, **kwargs))
"""
AS_TASKS = """\
def look(function, args, kwargs, written):
    return as_tasks({way!r}, function, args, kwargs)
"""


def look(way: str) -> str:
    """The script's function `look`, which makes the call, and those that it needs."""
    if way in LAZY_WAYS:
        names = (
            steps.in_steps,
            steps.taken,
            steps.step,
            steps.change,
            steps.left_in,
            steps.EachInALoop,
            steps.as_streams,
        )
        values = f"STEPS, SENT = {steps.STEPS}, {steps.SENT}\nLIST_ITERATOR = type(iter([]))\n"
        values += f"STREAMED = {STREAMED!r}\n\n\n"
        streams = "    args = as_streams(function, args)\n" if way == STREAMED else ""
        return values + _text(*names) + IN_STEPS.format(way=way, streams=streams)
    if way == CALLBACKS:
        return FINISHED + WITH_CALLBACKS
    if way == SUBCLASS:
        text = _text(subclassed.subclass_of, subclassed.through_subclass)
        return FINISHED + text + OF_A_SUBCLASS
    if way in TASK_WAYS:
        return _text(steps.as_tasks) + AS_TASKS.format(way=way)
    return FINISHED + (TWICE if way == "twice" else ONCE)


def _text(*parts: object) -> str:
    # The driver's own text, so that the script shows what the gate saw.
    return "".join(inspect.getsource(part) + "\n\n" for part in parts)  # type: ignore[arg-type]
