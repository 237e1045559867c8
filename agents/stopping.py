"""Ctrl-C while branches of the graph are at work."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from perfbot.agents.search import Account


@contextmanager
def stops_at_interrupt(account: Account) -> Iterator[None]:
    """Tell the branches of a Ctrl-C: LangGraph runs those that wait for a thread to their end.

    Their edits stay unjudged, and the graph sends a resumed run back to them.
    """
    previous = signal.getsignal(signal.SIGINT)

    def stop(number: int, frame: FrameType | None) -> None:
        account.stopping = True
        if callable(previous):
            previous(number, frame)

    if threading.current_thread() is not threading.main_thread() or not callable(previous):
        yield  # only the main thread may, and gets Ctrl-C; or Ctrl-C is ignored, as by nohup
        return
    signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)
