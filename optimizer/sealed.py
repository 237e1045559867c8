"""Small JSON files of perfbot's own with a checksum, so that a damaged one is noticed.

Line 1 is the SHA-256 of what follows it, in hexadecimal; what follows is one JSON value.
"""

import contextlib
import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

KEPT = 500
"""So many files are kept in a folder; those not used for longest go first."""


class DamagedError(Exception):
    """What the file holds is not what was written to it."""


def write_sealed(path: Path, document: object) -> None:
    """Replace the file in one step. A full disk or a read-only folder costs only the cache."""
    body = json.dumps(document).encode()
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
            file.flush()
            os.fsync(file.fileno())
        os.replace(file.name, path)
        found = sorted(path.parent.iterdir(), key=lambda item: item.stat().st_mtime, reverse=True)
        for old in found[KEPT:]:
            old.unlink(missing_ok=True)


def read_sealed(path: Path) -> Any:
    """What was written, or None where there is no such file.

    Raises: DamagedError where it is not as it was written, or cannot be read.
    """
    try:
        data = path.read_bytes()
        os.utime(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise DamagedError(f"{path}: {error.strerror}") from error
    seal, _, body = data.partition(b"\n")
    if hashlib.sha256(body).hexdigest().encode() != seal:
        raise DamagedError(f"{path} is damaged")
    return json.loads(body)
