"""Asynchronous and lazy results: taken to their end, or one step at a time as a caller might."""

from __future__ import annotations

import inspect
import operator
import re
import types
from collections.abc import Callable
from typing import Any

from .values import Drained
from .wire import MAX_ITEMS

STEPS = 1000
"""So many items are taken one by one; what comes later was compared when they were drained."""
SENT = (1, "a", None, 2.5)
"""Handed to a generator in turn, where the original uses what it is sent."""
STREAMED = "streamed"
LAZY_WAYS = ("changed", "closed", "thrown", "sent", STREAMED)
"""After a first item: the arguments change, or it is closed, or thrown into, or sent values; or
iterators are given in place of lists, which show how far they were read."""
TASK_WAYS = ("together", "cancelled")
"""Two tasks make the same call at the same time; a task is cancelled where it first pauses."""


class Pauses:
    """A coroutine, and whether it ever let other tasks run."""

    def __init__(self, coroutine: Any) -> None:
        self.coroutine = coroutine
        self.paused = False

    async def run(self) -> Any:
        return await self

    def __await__(self) -> Any:
        steps = self.coroutine.__await__()
        try:
            waiting = next(steps)
            while True:
                self.paused = True
                try:
                    answer = yield waiting
                except BaseException as error:  # noqa: BLE001 - a cancellation, passed on
                    waiting = steps.throw(error)
                else:
                    waiting = steps.send(answer)
        except StopIteration as stop:
            return stop.value


def settled(value: Any) -> Any:
    """A coroutine run to its end, an async generator drained; anything else as it is."""
    if isinstance(value, types.AsyncGeneratorType):
        value = drained(value)
    if isinstance(value, Pauses):
        value = value.run()
    if isinstance(value, types.CoroutineType):
        import asyncio  # 40 ms, which only asynchronous targets should pay

        return asyncio.run(value)
    return value


async def drained(source: Any) -> Drained:
    items: list[Any] = []
    try:
        async for item in source:
            items.append(item)
            if len(items) >= MAX_ITEMS:
                return Drained("async_generator", items, "cut", None)
    except Exception as error:  # noqa: BLE001 - the generator's own outcome, sent as data
        return Drained("async_generator", items, "raise", error)
    return Drained("async_generator", items, "end", None)


def as_tasks(way: str, function: Any, args: Any, kwargs: Any) -> Any:
    """What two tasks that make the same call answer; or what a cancelled one does."""
    import asyncio

    async def together() -> Any:
        calls = [function(*args, **kwargs) for _ in range(2)]
        return await asyncio.gather(*calls, return_exceptions=True)

    async def cancelled() -> Any:
        task = asyncio.ensure_future(function(*args, **kwargs))
        await asyncio.sleep(0)  # so that it begins, and comes to its first pause
        task.cancel()
        return await asyncio.gather(task, return_exceptions=True)

    return asyncio.run(together() if way == "together" else cancelled())


LIST_ITERATOR: type = type(iter([]))
"""What an iterator among the arguments is (unwire.Decoder.get_drained)."""


def in_steps(value: Any, way: str, args: Any, written: Callable[[], str]) -> Any:
    """Each step of a lazy result, and what was `written` at the first; another result as it is."""
    if isinstance(value, types.AsyncGeneratorType):
        return EachInALoop(value).apply(lambda source: taken(source, way, args, written))
    if not hasattr(type(value), "__next__"):
        return value
    return taken(value, way, args, written)


def taken(source: Any, way: str, args: Any, written: Callable[[], str]) -> list[Any]:
    steps: list[Any] = [step(next, source), left_in(args), written()]
    if way == "changed":
        change(args)
    elif way != STREAMED and not hasattr(source, "throw"):
        return steps
    elif way == "closed":
        steps.append(step(source.close))
    elif way == "thrown":
        steps.append(step(source.throw, ValueError("thrown in by the caller")))
    elif way == "sent":
        steps += [step(source.send, item) for item in SENT]
    for _ in range(STEPS):
        steps.append(step(next, source))
        if steps[-1][0] != "gave":
            break
        steps.append(left_in(args))
    return steps


def left_in(args: Any) -> list[int]:
    """How many items each iterator among the arguments has still to give: none is taken."""
    return [operator.length_hint(item, -1) for item in args if type(item) is LIST_ITERATOR]


def step(ask: Callable[..., Any], *values: Any) -> tuple[str, Any]:
    """What one step gives, returns at the end, or raises."""
    try:
        return "gave", ask(*values)
    except StopIteration as stop:
        return "ended", stop.value
    except BaseException as error:  # noqa: BLE001 - an outcome, whatever it is
        return "raised", error


def change(args: Any) -> None:
    """Turn lists around, empty dicts and sets; lists in lists, too."""
    for item in args:
        if type(item) in (list, bytearray):
            change([inner for inner in item if type(inner) is list])
            item.reverse()
        elif type(item) in (dict, set):
            item.clear()


def as_streams(function: Any, args: Any) -> list[Any]:
    """The arguments with iterators in place of lists and tuples, where the parameter takes any
    iterable as far as its annotation goes."""
    try:
        parameters = [*inspect.signature(function).parameters.values()]
    except (TypeError, ValueError):  # nothing is known of them
        return [*args]
    made = [*args]
    for at, (parameter, item) in enumerate(zip(parameters, args)):
        said = parameter.annotation
        text = said if isinstance(said, str) else repr(said)
        is_open = said is parameter.empty or re.match(r"(\w+\.)*Itera(ble|tor)\b", text)
        if is_open and type(item) in (list, tuple) and parameter.kind in (0, 1):
            made[at] = iter([*item])
    return made


class EachInALoop:
    """An async generator with a plain one's methods: an event loop takes each step."""

    def __init__(self, source: Any) -> None:
        self.source = source
        self.loop: Any = None

    def apply(self, use: Callable[[EachInALoop], list[Any]]) -> list[Any]:
        """What `use` makes of it, while there is an event loop."""
        import asyncio

        self.loop = asyncio.new_event_loop()
        try:
            return use(self)
        finally:
            self.loop.run_until_complete(self.loop.shutdown_asyncgens())
            self.loop.close()

    def run(self, asked: Any) -> Any:
        async def one() -> Any:
            return await asked

        try:
            return self.loop.run_until_complete(one())
        except StopAsyncIteration:
            raise StopIteration from None

    def __next__(self) -> Any:
        return self.run(self.source.__anext__())

    def send(self, value: Any) -> Any:
        return self.run(self.source.asend(value))

    def throw(self, error: BaseException) -> Any:
        return self.run(self.source.athrow(error))

    def close(self) -> Any:
        return self.run(self.source.aclose())
