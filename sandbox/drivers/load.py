"""Loading one version of the target: the module's source comes over the wire, not from disk."""

from __future__ import annotations

import importlib
import importlib.machinery
import importlib.util
import sys
from typing import Any

from .state_watch import data_names


class Version(importlib.machinery.SourceFileLoader):
    """Loads a module from given text as if that text lay in its file."""

    def __init__(self, module: str, path: str, source: str) -> None:
        super().__init__(module, path)
        self.text = source

    def get_code(self, fullname: str) -> Any:
        return self.source_to_code(self.text.encode(), self.path)

    def get_source(self, fullname: str) -> str:
        return self.text


class Finder:
    """Answers for the one module whose text was given."""

    def __init__(self, module: str, path: str, source: str) -> None:
        self.module, self.path, self.source = module, path, source

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Any:
        if fullname != self.module:
            return None
        places = None
        if self.path.endswith("/__init__.py"):
            places = [self.path.rsplit("/", 1)[0]]
        return importlib.util.spec_from_file_location(
            fullname,
            self.path,
            loader=Version(fullname, self.path, self.source),
            submodule_search_locations=places,
        )


class Loaded:
    """The target's function, and the module it is in."""

    def __init__(self, function: Any, module: Any, root: str, state: tuple[str, ...]) -> None:
        self.function = function
        self.module = module
        self.root = root
        self.state = state
        self.watch: Any = None
        self.logged: list[Any] = []


def load(
    *, module: str, path: str, source: str, qualname: str, root: str, state: Any = None
) -> tuple[Loaded | None, str | None]:
    """Import `module` with `source` as its text and find `qualname` in it.

    `state` names the module's data that calls may change; None means: all it has now.
    Returns (what was loaded, None) or (None, what went wrong).
    """
    sys.meta_path.insert(0, Finder(module, path, source))
    try:
        found = importlib.import_module(module)
        function: Any = found
        for part in qualname.split("."):
            function = getattr(function, part)
    except BaseException as error:  # noqa: BLE001 - what an import does is data, SystemExit too
        return None, f"{type(error).__name__}: {error}"
    if isinstance(function, property):
        function = function.fget
    names = data_names(found, qualname, root) if state is None else tuple(state)
    return Loaded(function, found, root, names), None
