"""One call of the target, and everything it did, as data."""

from __future__ import annotations

import contextlib
import dis
import io
import os
import random
import re
import sys
import threading
import types
import warnings
import zlib
from typing import Any

from .callbacks import CALLBACKS, noting
from .held import Held
from .load import Loaded
from .state_watch import Watch
from .steps import (
    LAZY_WAYS,
    STREAMED,
    TASK_WAYS,
    Pauses,
    as_streams,
    as_tasks,
    in_steps,
    settled,
)
from .subclassed import SUBCLASS, through_subclass
from .surroundings import Surroundings, record_logs
from .unwire import decode
from .values import WireError
from .wire import encode, seal

SEED = 20_260_101
RAISING = frozenset(("RAISE_VARARGS", "RERAISE"))


FLOATING = re.compile(
    r"(divide by zero|invalid value|overflow|underflow) encountered in (scalar )?(\w+)"
)
OF_NO_UFUNC = ("reduce", "accumulate", "reduceat", "cast", "dot", "matmul", "vdot", "inner")
"""What numpy calls an operation in such a warning, where it has no ufunc of that name."""


def warned(caught: Any, path: Any) -> list[Any]:
    """Category, text and place of each warning; the default filter shows those of `__main__`.

    numpy's warnings on floating point are told apart by their kind alone, each once: a loop is
    warned for each number by the name of the operation on scalars, an operation on arrays once.
    An overflow that scalars alone met is one of its own kind: of integers arrays say nothing.
    """
    found = []
    floating: set[str] = set()
    for item in caught:
        text = str(item.message)
        kind = FLOATING.fullmatch(text) if item.category is RuntimeWarning else None
        if kind and is_operation(kind[3]):
            floating.add("overflow of scalars" if kind[2] and kind[1] == "overflow" else kind[1])
        else:
            found.append((item.category.__name__, text, item.filename == path))
    if "overflow" in floating:
        floating.discard("overflow of scalars")
    return [*found, *(("RuntimeWarning", kind, True) for kind in sorted(floating))]


def is_operation(name: str) -> bool:
    """Whether numpy, if it is loaded, warns of an operation under this name."""
    numpy = sys.modules.get("numpy")
    if numpy is None:
        return False
    return name in OF_NO_UFUNC or isinstance(getattr(numpy, name, None), numpy.ufunc)


def observe(loaded: Loaded, inputs: bytes, way: str = "once") -> list[Any]:
    """[status, explicit, body, effects] of a call; `body` and `effects` are encoded values.

    status is "return", "raise", or "unsendable" (with the reason for a body). explicit: the
    exception came from a `raise` in the project's own code. body is [value, args, kwargs] or
    [exception, args, kwargs] after the call, one graph, so that aliasing shows. `way`: once; twice
    in a row; SUBCLASS; CALLBACKS, with how they were called among the effects; or one of LAZY_WAYS
    or TASK_WAYS.
    """
    twice = way == "twice"
    function = loaded.function
    try:
        calls = [decode(inputs, build=True, calls=True) for _ in range(2 if twice else 1)]
        if way == SUBCLASS:
            function = through_subclass(function, calls[0][0])
    except WireError as error:  # such as a constructor that refuses what was drawn for it
        return ["unsendable", False, encode(str(error)), encode({})]
    if loaded.watch is None:
        loaded.watch = Watch(loaded.module, loaded.state)
        loaded.logged = record_logs()
    seed_everything()
    fresh = rng_state()
    around = Surroundings(loaded.logged)
    had_children = has_children()
    held = Held(calls)
    with captured() as (out, err, caught):
        status, explicit, values = "return", False, []
        pauses: Any = None
        called: list[Any] = []
        for args, kwargs in calls:
            try:
                if way in TASK_WAYS:
                    values.append(as_tasks(way, function, args, kwargs))
                    continue
                if way == CALLBACKS:
                    args = [noting(item, called) for item in args]
                    kwargs = {name: noting(item, called) for name, item in kwargs.items()}
                if way == STREAMED:
                    args = as_streams(function, args)
                value = function(*args, **kwargs)
                if isinstance(value, types.CoroutineType):
                    pauses = Pauses(value)
                    value = settled(pauses)
                if way in LAZY_WAYS:
                    value = in_steps(value, way, [*args, *kwargs.values()], out.getvalue)
                values.append(settled(value))
            except WireError as error:
                return ["unsendable", False, encode(str(error)), encode({})]
            except BaseException as error:  # noqa: BLE001 - an outcome, whatever it is
                status, explicit = "raise", is_explicit(error, loaded.root)
                values.append(error)
        try:
            body = seal(encode([values, calls] if twice else [values[0], *calls[0]]))
        except (WireError, RecursionError) as error:
            return ["unsendable", False, encode(str(error)), encode({})]
        except BaseException as error:  # noqa: BLE001 - raised by an iterator's own code
            status, explicit = "raise", is_explicit(error, loaded.root)
            body = seal(encode([error, *calls[0]]))
    effects = {
        "stdout": out.getvalue(),
        "stderr": err.getvalue(),
        "warnings": warned(caught, loaded.module.__file__),
        "rng": rng_state() - fresh,
        "threads": threading.active_count() - 1,
        "processes": has_children() and not had_children,
        CALLBACKS: called,
        "pauses": pauses is not None and pauses.paused,
        "globals": loaded.watch.changes(),
        "what its arguments held": held.changes(),
        **around.changes(),
    }
    return [
        status,
        explicit,
        body,
        encode({name: found for name, found in effects.items() if found}),
    ]


def has_children() -> bool:
    """Whether a process that the call started still runs, or was never waited for."""
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


@contextlib.contextmanager
def captured() -> Any:
    """stdout and stderr as text, and the warnings raised."""
    out, err = io.StringIO(), io.StringIO()
    kept = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = out, err
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            yield out, err, caught
    finally:
        sys.stdout, sys.stderr = kept


def seed_everything() -> None:
    """The same random numbers for every version, so that random targets can be compared."""
    random.seed(SEED)
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed(SEED % 2**32)


def rng_state() -> int:
    """A fingerprint of the random generators' state (numbers only: hash seeds do not enter)."""
    _version, words, gauss = random.getstate()
    found = hash((words, gauss or 0.0))
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        _name, words, position, _has, gauss = numpy.random.get_state()
        found = hash((found, zlib.crc32(words.tobytes()), int(position), float(gauss)))
    return found


def is_explicit(error: BaseException, root: str) -> bool:
    """Whether a `raise` or `assert` statement of the project's own code raised this."""
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    if last is None:
        return False
    code = last.tb_frame.f_code
    if not code.co_filename.startswith(root):
        return False
    return instruction_at(code, last.tb_lasti) in RAISING


def instruction_at(code: types.CodeType, offset: int) -> str:
    return dis.opname[code.co_code[offset]]
