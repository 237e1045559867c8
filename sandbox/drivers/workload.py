"""The user's workload file, in a process of its own: its cases, its strategy, its `equivalent`."""

from __future__ import annotations

import types
from typing import Any

from .unwire import decode
from .wire import encode


class WorkloadModule:
    """The file as a module."""

    def __init__(self, source: str, name: str) -> None:
        self.module: Any = types.ModuleType("perfbot_workload")
        exec(compile(source, name, "exec"), vars(self.module))

    def has(self) -> list[str]:
        names = ("cases", "strategy", "equivalent", "adapter")
        return [name for name in names if hasattr(self.module, name)]

    def adapter(self) -> str:
        """C++ text that calls the target: a string, or it is none."""
        text = self.module.adapter
        if not isinstance(text, str):
            raise TypeError(f"`adapter` is a {type(text).__name__}, not a string of C++")
        return text

    def cases(self) -> list[bytes]:
        return [self.arguments(item) for item in self.module.cases()]

    def some(self, most: int) -> list[bytes]:
        """The first cases, `most` at most, as far as they can be made and sent.

        Raises: what the first one raised, where none can.
        """
        found: list[bytes] = []
        failures: list[Exception] = []
        made = iter(self.module.cases())
        for _ in range(most):
            try:
                found.append(self.arguments(next(made)))
            except StopIteration:
                break
            except Exception as failure:  # noqa: BLE001 - told below, if no other can be made
                failures.append(failure)
        if failures and not found:
            raise failures[0]
        return found

    def draw(self, count: int, seed: int) -> list[bytes]:
        """Examples of the strategy, drawn by Hypothesis with a fixed seed."""
        import hypothesis

        found: list[bytes] = []

        @hypothesis.settings(
            max_examples=count,
            database=None,
            deadline=None,
            phases=[hypothesis.Phase.generate],
            suppress_health_check=list(hypothesis.HealthCheck),
        )
        @hypothesis.seed(seed)
        @hypothesis.given(self.module.strategy)
        def collect(item: Any) -> None:
            found.append(self.arguments(item))

        collect()
        return found

    def equivalent(self, values: list[bytes], inputs: bytes) -> bool:
        """Whether the file's function says so; one that trips over `actual` does not."""
        expected, actual = (decode(item, build=True) for item in values)
        args, kwargs = decode(inputs, build=True, calls=True)
        try:
            return self.module.equivalent(expected, actual, *args, **kwargs) is True
        except Exception:  # noqa: BLE001 - such as None where it expects a number
            return False

    def arguments(self, item: Any) -> bytes:
        """A case is a tuple of arguments; anything else is the one argument."""
        return encode([item if isinstance(item, tuple) else (item,), {}])


def verbs() -> dict[str, Any]:
    """The requests about a workload that a server answers."""

    def load(server: Any, source: str, name: str) -> dict[str, Any]:
        try:
            server.workload = WorkloadModule(source, name)
        except Exception as error:  # noqa: BLE001 - what the user's file did, told to the user
            return {"failure": f"{type(error).__name__}: {error}", "has": []}
        return {"failure": None, "has": server.workload.has()}

    return {
        "workload": load,
        "workload_adapter": lambda server: server.workload.adapter(),
        "workload_cases": lambda server: server.workload.cases(),
        "workload_some": lambda server, most: server.workload.some(most),
        "workload_draw": lambda server, count, seed: server.workload.draw(count, seed),
        "workload_equivalent": lambda server, values, inputs: server.workload.equivalent(
            values, inputs
        ),
    }
