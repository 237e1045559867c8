"""What a command writes beside its report: progress on stderr, JSON where it was asked for."""

import json
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from perfbot.sandbox.errors import MachineError, UsageError


class Progress:
    """Says on stderr what goes on, with the seconds since the start."""

    def __init__(self, quiet: bool) -> None:
        self.quiet = quiet
        self.started = time.monotonic()

    def __call__(self, text: str) -> None:
        if not self.quiet:
            print(f"[{time.monotonic() - self.started:5.1f} s] {text}", file=sys.stderr, flush=True)


def require_writable(where: str | None) -> None:
    """Make sure, before minutes of work, that `--json where` can be written.

    Raises: UsageError when it cannot.
    """
    if where is None or where == "-":
        return
    path = Path(where)
    place = path if path.exists() else path.parent
    if path.is_dir():
        raise UsageError(f"--json {where} is a folder", "name a file in it")
    if not place.exists():
        raise UsageError(f"--json {where}: there is no folder {place}", f"mkdir -p {place}")
    if not os.access(place, os.W_OK):
        raise UsageError(f"--json {where}: {place} cannot be written", "choose another file")


def write_json(where: str, document: Mapping[str, object]) -> None:
    """Write `document` to the file `where`, or to stdout for "-".

    Raises: MachineError when the file cannot be written.
    """
    text = json.dumps(document, indent=2) + "\n"
    if where == "-":
        sys.stdout.write(text)
        return
    try:
        Path(where).write_text(text)
    except OSError as error:
        raise MachineError(
            f"cannot write {where}: {error}", "choose another --json FILE"
        ) from error
