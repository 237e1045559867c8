"""perfbot's side of the wire: answers that are wrong, late, huge or missing are failures."""

import socket
import struct
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy
import pytest

from perfbot.sandbox.drivers.unwire import decode
from perfbot.sandbox.drivers.wire import encode
from perfbot.sandbox.worker import (
    REPLY_BYTES,
    Channel,
    ChildFailedError,
)

Answer = Callable[[socket.socket, bytes], None]


def frame(message: Any) -> bytes:
    data = encode(message)
    return struct.pack(">I", len(data)) + data


def ask_of(answer: Answer, **limits: float) -> Any:
    """The result of a request to a peer that answers as `answer(socket, nonce)` does."""
    channel = Channel()

    def peer() -> None:
        (size,) = struct.unpack(">I", channel.theirs.recv(4, socket.MSG_WAITALL))
        nonce, _verb, _arguments = decode(channel.theirs.recv(size, socket.MSG_WAITALL))
        try:
            answer(channel.theirs, nonce)
        except OSError:
            return  # the other side gave up, as it should
        finally:
            channel.theirs.close()

    thread = threading.Thread(target=peer)
    thread.start()
    try:
        return channel.request("hello", **limits)  # type: ignore[arg-type]
    finally:
        channel.socket.close()
        thread.join(20)
        assert not thread.is_alive()


def test_an_honest_answer_arrives() -> None:
    """The result of the answer that carries the request's nonce is returned, whatever its size."""
    big = "x" * 3_000_000
    assert ask_of(lambda peer, nonce: peer.sendall(frame([nonce, "ok", big]))) == big


WRONG: dict[str, tuple[Answer, str]] = {
    "another nonce": (lambda peer, nonce: peer.sendall(frame([b"12345678", "ok", 1])), "corrupt"),
    "no nonce": (lambda peer, nonce: peer.sendall(frame(["ok", 1])), "corrupt"),
    "nonce as text": (lambda peer, nonce: peer.sendall(frame([nonce.hex(), "ok", 1])), "corrupt"),
    "nonce in an array": (
        lambda peer, nonce: peer.sendall(frame([numpy.zeros(2), numpy.zeros(2), 1])),
        "corrupt",
    ),
    "too long a list": (lambda peer, nonce: peer.sendall(frame([nonce, "ok", 1, 2])), "corrupt"),
    "no list": (lambda peer, nonce: peer.sendall(frame(5)), "corrupt"),
    "no bytes of the wire": (
        lambda peer, nonce: peer.sendall(b"\0\0\0\2\xff\xff"),
        "corrupt",
    ),
    "an empty frame": (lambda peer, nonce: peer.sendall(b"\0\0\0\0"), "corrupt"),
    "a huge frame": (
        lambda peer, nonce: peer.sendall(struct.pack(">I", REPLY_BYTES + 1) + b"x" * 100),
        "corrupt",
    ),
    "half a frame": (lambda peer, nonce: peer.sendall(frame([nonce, "ok", 1])[:-1]), "died"),
    "half a length": (lambda peer, nonce: peer.sendall(b"\0\0"), "died"),
    "nothing": (lambda peer, nonce: None, "died"),
    "an error": (lambda peer, nonce: peer.sendall(frame([nonce, "error", "no"])), "error"),
    "an error that is a number": (
        lambda peer, nonce: peer.sendall(frame([nonce, "error", 10**5000])),
        "error",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_answer_is_a_failure(name: str) -> None:
    """An answer that the wire does not allow raises ChildFailedError of the right kind."""
    answer, kind = WRONG[name]
    with pytest.raises(ChildFailedError) as failed:
        ask_of(answer)
    assert failed.value.kind == kind


def test_an_answer_before_its_request_is_a_failure() -> None:
    """What a child wrote ahead of the request cannot be taken for its answer."""
    channel = Channel()
    channel.theirs.sendall(frame([b"\0" * 8, "ok", 1]))
    with pytest.raises(ChildFailedError) as failed:
        channel.request("hello")
    channel.close()
    assert failed.value.kind == "corrupt"


def test_an_answer_that_trickles_in_times_out() -> None:
    """One byte at a time does not hold perfbot longer than the wall limit."""

    def answer(peer: socket.socket, nonce: bytes) -> None:
        for byte in frame([nonce, "ok", "x" * 500]):
            peer.sendall(bytes([byte]))
            time.sleep(0.01)

    with pytest.raises(ChildFailedError) as failed:
        ask_of(answer, wall_s=0.3, cpu_s=100)
    assert failed.value.kind == "timeout"


def test_a_silent_child_times_out_by_wall_time_at_last() -> None:
    """A child that neither works nor answers is given up after the wall limit."""
    with pytest.raises(ChildFailedError) as failed:
        ask_of(lambda peer, nonce: time.sleep(0.6), wall_s=0.2, cpu_s=100)
    assert failed.value.kind == "timeout"
