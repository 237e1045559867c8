"""How much a sandbox has written, where its scratch space is a folder on the host's disk."""

import os
import time

_LOOK_S = 0.25
# Looking takes at most this share of one processor.
_LOOK_SHARE = 0.05


class Disk:
    """Watches one folder."""

    def __init__(self, folder: str, limit_bytes: int) -> None:
        self._folder = folder
        self._limit_bytes = limit_bytes
        self._next_look = 0.0

    def exceeded(self) -> bool:
        """Whether the folder was over its limit when looked at just now; False between looks."""
        now = time.monotonic()
        if now < self._next_look:
            return False
        found = used_bytes(self._folder)
        cost = time.monotonic() - now
        self._next_look = time.monotonic() + max(_LOOK_S, cost / _LOOK_SHARE)
        return found > self._limit_bytes


def used_bytes(folder: str) -> int:
    """What the files and folders below `folder` take on disk; what disappears meanwhile is 0."""
    total = 0
    for path, _, names in os.walk(folder):
        for name in (".", *names):
            try:
                total += os.lstat(os.path.join(path, name)).st_blocks * 512
            except FileNotFoundError:
                continue
    return total
