"""The config file: `perfbot.toml`, or `[tool.perfbot]` in pyproject.toml.

It may hold the names that `Options` has, but for those that belong to the command line alone.
"""

import difflib
import os
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from perfbot.optimizer.config import Options
from perfbot.sandbox.errors import PerfbotError, UsageError


def load_options(start: Path, given: Mapping[str, object]) -> Options:
    """The defaults, overridden by the config file found from `start`, overridden by `given`.

    `given` is what the command line holds; its paths are relative to the current folder, those
    of the config file to the file's own folder.

    Raises:
        UsageError: a config file is wrong, or a value is out of its range.
    """
    config = find_config(start)
    values = read_config(config) if config else {}
    values.update(_with_absolute_paths(given, Path.cwd()))
    return Options(**values)


def find_config(start: Path) -> Path | None:
    """The config file nearest to `start` going up, not past the top of its git repository.

    Raises:
        UsageError: one folder has both kinds of config file.
    """
    for folder in (start, *start.parents):
        own = folder / "perfbot.toml"
        shared = folder / "pyproject.toml"
        has_table = shared.is_file() and _perfbot_table(shared) is not None
        if own.is_file() and has_table:
            raise UsageError(
                f"{folder} has both a perfbot.toml and a [tool.perfbot] in its pyproject.toml",
                "Keep one of the two.",
            )
        if own.is_file():
            return own
        if has_table:
            return shared
        if (folder / ".git").exists():
            return None
    return None


def read_config(path: Path) -> dict[str, Any]:
    """The options that a config file sets, checked, with absolute paths.

    Raises:
        UsageError: the file is not TOML, or a name, a type or a value in it is wrong.
    """
    table = _perfbot_table(path) if path.name == "pyproject.toml" else _read_toml(path)
    if not isinstance(table, dict):
        raise UsageError(f"{path}: [tool.perfbot] must be a table")
    values = {name.replace("-", "_"): value for name, value in table.items()}
    _refuse_unknown_names(path, values)
    try:
        options = checked(values)
    except PerfbotError as error:
        raise UsageError(f"{path}: {error.happened}", error.todo) from error
    return _with_absolute_paths({name: getattr(options, name) for name in values}, path.parent)


def folder_of(target: str) -> Path:
    """The folder from which a TARGET's config is looked for: the part of it that exists.

    Every form of TARGET begins with a path, so climb until something is there.
    """
    path = Path.cwd() / target.split("::")[0]
    while not path.is_dir():
        path = path.parent
    return path


def _perfbot_table(pyproject: Path) -> object:
    """What `[tool.perfbot]` holds, None where there is no such table."""
    tool = _read_toml(pyproject).get("tool")
    return tool.get("perfbot") if isinstance(tool, dict) else None


def _read_toml(path: Path) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is not valid TOML: {error}") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error


def _refuse_unknown_names(path: Path, values: Mapping[str, object]) -> None:
    """A misspelt name would otherwise be a setting that silently does nothing."""
    known = {row.name: row for row in fields(Options)}
    for name in values:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(known)}."
            raise UsageError(f"{path}: unknown option {name!r}", hint)
        if known[name].metadata["command_line_only"]:
            raise UsageError(
                f"{path}: {name!r} cannot be set in a config file",
                f"Give --{name.replace('_', '-')} on the command line, where you see it.",
            )


def checked(values: Mapping[str, object]) -> Options:
    """Options of values from outside. Raises: UsageError for a wrong type or one out of range."""
    # Imported here: pydantic costs 70 ms, and most runs have no config file.
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(Options).validate_python(values)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"{name} is {first['input']!r}", f"{first['msg']}.") from error


def _with_absolute_paths(values: Mapping[str, object], base: Path) -> dict[str, Any]:
    """The same values with their paths made absolute; links are kept, as a venv's python is one."""
    absolute = dict(values)
    for name in ("workload", "inputs", "memory_from"):
        path = values.get(name)
        if isinstance(path, Path):
            absolute[name] = Path(os.path.abspath(base / path))
    python = values.get("python")
    if isinstance(python, str) and os.sep in python:
        absolute["python"] = os.path.abspath(base / os.path.expanduser(python))
    return absolute
