"""Inputs that refuted an edit of a target: they are tried first on the next (DESIGN section 5).

Models and people repeat each other's mistakes. Only the arguments are kept, never an answer: what
the original does on them is asked anew.
"""

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path

from perfbot.sandbox.drivers.unwire import decode
from perfbot.sandbox.drivers.values import WireError
from perfbot.sandbox.drivers.wire import encode
from perfbot.sandbox.host import cache_folder
from perfbot.sandbox.target import Target

MOST = 40
"""So many are kept of a target, the last ones found."""
MOST_BYTES = 1 << 16
"""Larger inputs are not kept: a shrunk one is rarely so large."""


def known(target: Target) -> list[bytes]:
    """The encoded arguments that refuted edits of this function's text, the latest first."""
    try:
        found = decode(_path(target).read_bytes())
    except (OSError, WireError):
        return []
    if type(found) is not list or any(type(item) is not bytes for item in found):
        return []
    return found


def remember(target: Target, inputs: bytes) -> None:
    """Keep one more. A full disk, or a folder that cannot be written, costs only this."""
    if len(inputs) > MOST_BYTES:
        return
    kept = [inputs, *(item for item in known(target) if item != inputs)][:MOST]
    path = _path(target)
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(encode(kept))
        os.replace(file.name, path)


def _path(target: Target) -> Path:
    """By the function's place and text: in another version other inputs may tell."""
    digest = hashlib.sha256()
    for part in (target.language, target.path, target.qualname, target.source):
        digest.update(part.encode() + b"\0")
    return cache_folder() / "counterexamples" / digest.hexdigest()
