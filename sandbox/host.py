"""The machine that measures: what it is, and the lock that lets one comparison run at a time."""

import fcntl
import logging
import os
import platform
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from perfbot.sandbox.errors import MachineError

LOG = logging.getLogger(__name__)


def home() -> Path:
    """The user's home; a path that is not there for one who has none: no HOME, no name here."""
    try:
        return Path.home()
    except RuntimeError:
        return Path("/nonexistent")


def cache_folder() -> Path:
    """The user's cache folder for perfbot, after the XDG base directory rules; may not exist."""
    configured = os.environ.get("XDG_CACHE_HOME", "")
    root = Path(configured) if configured.startswith("/") else home() / ".cache"
    return root / "perfbot"


def state_folder() -> Path:
    """Where perfbot keeps what no cache may lose, after the same rules; may not exist."""
    configured = os.environ.get("XDG_STATE_HOME", "")
    root = Path(configured) if configured.startswith("/") else home() / ".local" / "state"
    return root / "perfbot"


@contextmanager
def measurement_lock(folder: Path | None = None) -> Iterator[None]:
    """Hold this user's lock on timing, waiting for any other perfbot that holds it.

    Two comparisons at once would share caches and cores and measure each other. The kernel
    frees the lock when its holder dies, however it dies. That it waits is logged as a warning.

    Raises: MachineError when the lock file cannot be made.
    """
    path = (folder or cache_folder()) / "measure.lock"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = path.open("ab")
    except OSError as error:
        raise MachineError(
            f"cannot make the measurement lock {path}: {error.strerror}",
            "make that folder writable, or point XDG_CACHE_HOME at one that is",
        ) from error
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            LOG.warning("another perfbot is measuring on this machine; waiting until it has ended")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def fingerprint() -> Mapping[str, str]:
    """What a reader needs to judge a measurement, and nothing that names the machine."""
    facts = {
        "cpu": _cpu_model(),
        "cores": str(len(available_cores())),
        "kernel": f"{platform.system()} {platform.release()}",
        "architecture": platform.machine(),
        "load_1min": f"{os.getloadavg()[0]:.2f}",
    }
    governor = Path("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")
    if governor.is_file():
        facts["governor"] = governor.read_text().strip()
    return facts


def available_cores() -> tuple[int, ...]:
    """The cores this process may run on, in order."""
    return tuple(sorted(os.sched_getaffinity(0)))


def _cpu_model() -> str:
    listing = Path("/proc/cpuinfo")
    if listing.is_file():
        for line in listing.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown"
