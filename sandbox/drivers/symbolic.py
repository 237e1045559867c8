"""`python -m perfbot_driver.symbolic FD`: searches for arguments on which two versions differ.

The search is CrossHair's (https://crosshair.readthedocs.io), which the parent mounts: it runs both
versions on symbolic arguments and asks an SMT solver which of the paths can be taken. What it
finds is only ever a proposal: this process runs the edit, so whatever it says may be forged.
"""

from __future__ import annotations

import collections
import copy
import importlib
import inspect
import sys
import typing
from typing import Any

from .load import load
from .serve import VERBS, Connection, Server, run
from .wire import encode

SCALARS: dict[str, Any] = {
    "int": int,
    "float": float,
    "bool": bool,
    "str": str,
    "bytes": bytes,
    "None": type(None),
}
GENERICS: dict[str, Any] = {
    "list": list,
    "set": set,
    "frozenset": frozenset,
    "dict": dict,
    "tuple": tuple,
    "union": typing.Union,
}


class Search:
    """A search through the paths of two versions, which goes on where it last stopped."""

    def __init__(self, one: Any, other: Any, signature: inspect.Signature) -> None:
        self.one, self.other, self.signature = one, other, signature
        # Imported here, by name: perfbot itself must not need CrossHair.
        self.core: Any = importlib.import_module("crosshair.core")
        self.behaviour: Any = importlib.import_module("crosshair.diff_behavior")
        self.options: Any = importlib.import_module("crosshair.options").DEFAULT_OPTIONS
        self.root: Any = importlib.import_module("crosshair.statespace").RootNode()
        # It knows builtins and the standard library only once this was imported.
        importlib.import_module("crosshair.core_and_libs")
        self.stats: collections.Counter[str] = collections.Counter()
        self.found: Any = None

    def go_on(self, cpu_s: float) -> dict[str, Any]:
        """Search for `cpu_s` seconds of CPU time, or until the versions differ on arguments."""
        self.found = None
        options = self.options.overlay(
            per_condition_timeout=cpu_s, max_uninteresting_iterations=sys.maxsize, stats=self.stats
        )
        self.core.explore_paths(
            self.run_both, self.signature, options, self.root, self.differs, lambda: None
        )
        return {
            "found": self.found,
            "paths": self.stats["num_paths"],
            "exhausted": self.stats["exhaustion"] > 0,
        }

    def run_both(self, args: inspect.BoundArguments) -> Any:
        """What each version returns or raises, and the other's own copy of the arguments."""
        again = copy.deepcopy(args)
        describe = self.behaviour.describe_behavior
        return describe(self.one, args), describe(self.other, again), again

    def differs(
        self, space: Any, before: Any, args: Any, both: Any, error: Any, stack: Any
    ) -> bool:
        """CrossHair's callback at the end of a path: whether to stop there."""
        if both is None:
            return False
        with self.core.ExceptionFilter():
            (value, raised), (other_value, other_raised), again = both
            equal = self.behaviour.flexible_equal
            if (
                type(value) is type(other_value)
                and equal(value, other_value)
                and equal(args.arguments, again.arguments)
                and (raised is None) == (other_raised is None)
                and repr(raised) == repr(other_raised)
            ):
                space.detach_path()
                return False
            space.detach_path()
            self.found = self.core.deep_realize(dict(before.arguments))
            return True
        return False


def between(server: Server, sources: list[str], parameters: list[Any], **target: str) -> str | None:
    """Get ready to search between two versions of a module; why that cannot be, or None.

    `parameters`: [name, whether by position, type as nested lists] each.
    """
    functions = []
    for source in sources:
        sys.modules.pop(target["module"], None)
        loaded, failure = load(source=source, **target)
        if loaded is None:
            return failure
        functions.append(loaded.function)
    signature = inspect.Signature(
        [
            inspect.Parameter(
                name,
                inspect.Parameter.POSITIONAL_ONLY
                if by_position
                else inspect.Parameter.KEYWORD_ONLY,
                annotation=type_of(tree),
            )
            for name, by_position, tree in parameters
        ]
    )
    server.loaded = Search(functions[0], functions[1], signature)
    return None


def search(server: Server, seconds: float) -> dict[str, Any]:
    """{"found": arguments by name, encoded, or None; "paths": so far; "exhausted": all seen}."""
    reply: dict[str, Any] = server.loaded.go_on(seconds)
    if reply["found"] is not None:
        reply["found"] = encode(reply["found"])
    return reply


def type_of(tree: list[Any]) -> Any:
    """The type that nested lists describe: ["dict", ["str"], ["list", ["int"]]]."""
    name, *inner = tree
    if name in SCALARS:
        return SCALARS[name]
    if name == "tuple of any length":
        return GENERICS["tuple"][type_of(inner[0]), ...]
    return GENERICS[name][tuple(type_of(item) for item in inner)]


VERBS.update({"between": between, "search": search})

if __name__ == "__main__":
    run(Server(Connection(int(sys.argv[1]))))
