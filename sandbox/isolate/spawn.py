"""Starts processes from one thread that lives as long as perfbot.

`bwrap --die-with-parent` asks the kernel for a signal at the death of its parent *thread*. A
sandbox started by a short-lived worker thread would die with it.
"""

import os
import queue
import subprocess
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class _Order:
    command: Sequence[str]
    pass_fds: Sequence[int]
    stdin: int
    result: "Future[subprocess.Popen[bytes]]"


_lock = threading.Lock()
_orders: "dict[int, queue.SimpleQueue[_Order]]" = {}
"""The queue of the thread of this process; a forked child finds no entry under its own pid."""


def spawn(
    command: Sequence[str], *, pass_fds: Sequence[int], stdin: int
) -> subprocess.Popen[bytes]:
    """
    Start `command` with an empty environment and pipes for stdout and stderr; any thread may ask.

    It keeps `pass_fds` under the same numbers and `stdin` (a descriptor or subprocess.DEVNULL).

    Raises: OSError where it cannot be started.
    """
    order = _Order(command, pass_fds, stdin, Future())
    _queue().put(order)
    return order.result.result()


def _queue() -> "queue.SimpleQueue[_Order]":
    with _lock:
        pid = os.getpid()
        if pid not in _orders:
            _orders.clear()
            _orders[pid] = queue.SimpleQueue()
            threading.Thread(
                target=_serve, args=(_orders[pid],), name="perfbot-spawn", daemon=True
            ).start()
        return _orders[pid]


def _serve(orders: "queue.SimpleQueue[_Order]") -> None:
    while True:
        order = orders.get()
        try:
            process = subprocess.Popen(
                order.command,
                pass_fds=order.pass_fds,
                stdin=order.stdin,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={},
                cwd="/",
                start_new_session=True,
            )
        except OSError as problem:
            order.result.set_exception(problem)
        else:
            order.result.set_result(process)
