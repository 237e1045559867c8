"""The interpreter that runs a project's code, asked once what it is and where it looks."""

import functools
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from perfbot.sandbox.errors import BaselineError, UsageError

QUESTION = (
    "import json, sys; print(json.dumps([sys.version_info[:3], "
    "[p for p in sys.path if p], sys.prefix, sys.base_prefix]))"
)
OLDEST = (3, 9)
"""The oldest Python that the driver is written for."""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """One Python: its version, and its own sys.path without the project's folders."""

    python: Path
    version: tuple[int, ...]
    path: tuple[str, ...]


@functools.cache
def ask(python: Path) -> Interpreter:
    """What `python` says of itself.

    Raises: UsageError if it is not there or too old, BaselineError if it does not start.
    """
    if not python.is_file():
        raise UsageError(f"there is no interpreter at {python}", "name one with --python PATH")
    asked = subprocess.run(
        [python, "-B", "-c", QUESTION], capture_output=True, text=True, cwd="/", check=False
    )
    if asked.returncode:
        raise BaselineError(
            f"{python} does not start: {asked.stderr.strip()[-300:]}",
            "mend the environment, or name another interpreter with --python PATH",
        )
    version, path, prefix, base_prefix = json.loads(asked.stdout)
    if tuple(version) < OLDEST:
        raise UsageError(
            f"{python} is Python {'.'.join(map(str, version))}; perfbot needs 3.9 or newer there",
            "name another interpreter with --python PATH",
        )
    # Only what belongs to the installation: an editable install would lead to the user's checkout.
    own = tuple(item for item in path if item.startswith((prefix, base_prefix)))
    return Interpreter(python, tuple(version), own)
