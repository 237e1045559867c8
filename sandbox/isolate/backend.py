"""What every way to isolate a command offers."""

import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from perfbot.sandbox.isolate.box import Box
from perfbot.sandbox.isolate.limits import Limits


@dataclass(frozen=True, slots=True)
class Prepared:
    """A command ready to be started, and the descriptors it needs; close them afterwards."""

    command: tuple[str, ...]
    fds: tuple[int, ...]


class Backend(Protocol):
    """One way to run a command in a Box, shown to work on this machine."""

    @property
    def name(self) -> str:
        """As the evidence names it."""
        ...

    @property
    def mode(self) -> str:
        """root or user: as whom perfbot runs."""
        ...

    @property
    def payload_user(self) -> int | None:
        """The user id of what runs inside, as the kernel sees it; None: perfbot's own."""
        ...

    @property
    def complaint(self) -> str:
        """Begins a line on stderr that says why the sandbox could not be set up."""
        ...

    @property
    def stop(self) -> signal.Signals:
        """The signal to the sandbox's first process that ends all of them."""
        ...

    @property
    def shares_paths(self) -> bool:
        """Whether the command sees the host's paths: its Box then needs a `root` of its own."""
        ...

    @property
    def sets_rlimits(self) -> bool:
        """Whether `prepare` has seen to the rlimits; else they are set from outside."""
        ...

    @property
    def takes_cgroups(self) -> bool:
        """Whether perfbot can move its processes into control groups of perfbot's own."""
        ...

    def version(self) -> str:
        """Of the program or kernel feature that isolates."""
        ...

    def gaps(self) -> tuple[str, ...]:
        """What it does not guarantee, each in a few words."""
        ...

    def processes(self, pid: int) -> Callable[[], list[str]]:
        """A function that lists the /proc folders of the sandbox whose first process is `pid`."""
        ...

    def prepare(
        self,
        command: Sequence[str],
        box: Box,
        *,
        limits: Limits | None = None,
        refuse_shmget: bool = False,
        status_fd: int,
        block_fd: int,
    ) -> Prepared:
        """The process that sets up the box, waits on `block_fd`, and runs `command` in it.

        `limits`: for a backend that sees to them itself; None: none.
        """
        ...
