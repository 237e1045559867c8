"""What a command writes beside its report: progress on stderr, JSON where it was asked for."""

import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from perfbot.sandbox.errors import MachineError


class Progress:
    """Says on stderr what goes on, with the seconds since the start."""

    def __init__(self, quiet: bool) -> None:
        self.quiet = quiet
        self.started = time.monotonic()

    def __call__(self, text: str) -> None:
        if not self.quiet:
            print(f"[{time.monotonic() - self.started:5.1f} s] {text}", file=sys.stderr, flush=True)


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
