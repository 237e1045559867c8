"""How a sandbox's first process, where it is perfbot's own, becomes the command it was given.

It uses Python's library alone: it also runs where nothing else of perfbot is.
"""

import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import NoReturn

COMPLAINT = "perfbot-init:"
"""Begins what is said on stderr when a sandbox cannot be set up."""
NOT_FOUND = 127
"""The exit code of a command that cannot be started."""
NOT_SET_UP = 126
"""The exit code of a sandbox that could not be set up."""
SIGNAL_BASE = 128


def become(
    command: Sequence[str],
    env: Mapping[str, str],
    cwd: str,
    *,
    unblock: Sequence[signal.Signals],
    confine: Callable[[], None],
) -> NoReturn:
    """
    Replace this process by `command`, with the signals `unblock` as others have them.

    `confine` is called last, when all else that needs rights is done.

    Raises: OSError where something before the command itself is refused.
    """
    os.umask(0o022)
    os.chdir(cwd)
    for number in (signal.SIGPIPE, signal.SIGXFSZ):  # Python ignores them
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, unblock)
    confine()
    try:
        os.execvpe(command[0], list(command), dict(env))
    except OSError as problem:
        print(COMPLAINT, "execvp", command[0], problem.strerror, file=sys.stderr, flush=True)
        os._exit(NOT_FOUND)


def exit_code(status: int) -> int:
    """The exit code that tells of a wait status: 128 + its number for a signal, as in shells."""
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else SIGNAL_BASE - code
