"""A timed batch: inputs decoded beforehand, calls made in one go, outputs encoded afterwards."""

from __future__ import annotations

import io
import sys
import types
from typing import Any

from .load import Loaded
from .outcome import seed_everything
from .steps import settled
from .unwire import decode
from .values import Drained, WireError
from .wire import MAX_ITEMS, encode, seal

LAZY = (types.GeneratorType, map, filter, zip, enumerate, reversed)
PART_BYTES = 16 << 20
"""So much of a batch's outputs is sent at once: perfbot takes 64 MiB in one answer."""
ASYNC = (types.CoroutineType, types.AsyncGeneratorType)


class Batch:
    """Calls to make; perfbot holds the clock and starts it before `run`."""

    def __init__(self, loaded: Loaded, inputs: list[bytes], repeat: int, reseed: bool) -> None:
        self.function = seeding(loaded.function) if reseed else loaded.function
        self.calls: list[tuple[Any, Any]] = [
            decode(item, build=True, calls=True) for _ in range(repeat) for item in inputs
        ]
        self.results: list[Any] = []
        self.sent = 0
        self.printed = ""
        """What the batch wrote to stdout and stderr."""

    def run(self) -> None:
        seed_everything()
        kept = sys.stdout, sys.stderr
        sys.stdout = sys.stderr = taken = io.StringIO()
        try:
            self.results = run_all(self.function, self.calls)
        finally:
            sys.stdout, sys.stderr = kept
        self.printed = taken.getvalue()

    def outputs(self) -> list[bytes]:
        """Per call: "return" or "raise" and the sealed body, as `observe` would give them.

        At most about PART_BYTES at a time, the next ones at the next request; [] at the end.
        """
        found: list[bytes] = []
        size = 0
        for (status, value), (args, kwargs) in zip(
            self.results[self.sent :], self.calls[self.sent :]
        ):
            try:
                found.append(status + seal(encode([value, args, kwargs])))
            except WireError as error:
                found.append(b"unsendable" + str(error).encode())
            size += len(found[-1])
            if size >= PART_BYTES:
                break
        self.sent += len(found)
        if self.sent == len(self.results):
            self.results, self.calls, self.sent = [], [], 0
        return found


def seeding(function: Any) -> Any:
    """`function`, with the random generators seeded before each call, as `observe` does."""

    def call(*args: Any, **kwargs: Any) -> Any:
        seed_everything()
        return function(*args, **kwargs)

    return call


def run_all(function: Any, calls: list[tuple[Any, Any]]) -> list[tuple[bytes, Any]]:
    """Every call in order; a lazy result is run to its end, since that is where its work is."""
    results = []
    for args, kwargs in calls:
        try:
            value = function(*args, **kwargs)
            if isinstance(value, LAZY):
                value = drain(value)
            elif isinstance(value, ASYNC):
                value = settled(value)
            results.append((b"return", value))
        except Exception as error:  # noqa: BLE001 - an outcome, compared like any other
            results.append((b"raise", error))
    return results


def drain(source: Any) -> Any:
    """What `wire` would read from an iterator, read now."""
    items: list[Any] = []
    kind = type(source).__qualname__
    try:
        while len(items) < MAX_ITEMS:
            items.append(next(source))
    except StopIteration as stop:
        return Drained(kind, items, "end", stop.value)
    except Exception as error:  # noqa: BLE001 - the iterator's own outcome
        return Drained(kind, items, "raise", error)
    return Drained(kind, items, "cut", None)
