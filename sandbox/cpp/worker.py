"""A process that has loaded one compiled version, as perfbot sees it."""

from collections.abc import Sequence
from typing import Any

from perfbot.sandbox.cpp.builder import Builder, explained
from perfbot.sandbox.target import Target
from perfbot.sandbox.worker import ChildFailedError, Worker

DIED = "died"
REPORT = "report"
"""`ChildFailedError.kind` where a sanitizer ended the process; the detail is its report."""


class CppWorker(Worker):
    """A process forked from a CppZygote: it loads one compiled version and answers for it."""

    def __init__(self, root: str, builder: Builder) -> None:
        super().__init__(root)
        self.builder = builder

    def load(
        self, target: Target, source: str, state: Sequence[str] | None = None
    ) -> dict[str, Any]:
        """Compile `source` as the target's file and load it; see `Worker.load`.

        A version that does not compile is a failure like one that does not load.

        Raises: ChildFailedError; MachineError when a compiler or a sandbox is missing.
        """
        built = self.builder.build(target, source)
        if built.library is None:
            return {"failure": explained(built), "imported": [], "state": []}
        reply = self.request("load", library=built.library)
        if type(reply) is dict and type(reply.get("failure")) in (str, type(None)):
            return {"failure": reply["failure"], "imported": [], "state": []}
        raise ChildFailedError("corrupt", "an answer that does not say what was loaded")

    def describe(self) -> str:
        """What goes in and comes out, for `signature.signature_of`. Raises: ChildFailedError."""
        text = self.request("describe")
        if type(text) is not str:
            raise ChildFailedError("corrupt", "a description that is not text")
        return text

    def check(self, answer: Any, nonce: bytes) -> Any:
        """As `Channel.check`; a process that says why it dies is believed in that alone."""
        # Types first, as there.
        if type(answer) is list and [type(item) for item in answer] == [bytes, str, str]:
            _nonce, status, text = answer
            if _nonce == nonce and status in (DIED, REPORT):
                raise ChildFailedError(status, text)
        return super().check(answer, nonce)
