"""Inputs that somebody wrote as a program: run in a sandbox, taken out of it as plain data.

Who wrote them is not trusted, nor is the process that ran them. What comes out is read anew here,
and only Python's own data is kept: an input that named a class or a call could make the process of
the *original* do what its writer likes, and so spoil the answers that edits are compared with.
"""

import base64
import sys
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from perfbot.sandbox.baseline import Baseline
from perfbot.sandbox.drivers.unwire import decode
from perfbot.sandbox.drivers.values import WireError
from perfbot.sandbox.drivers.wire import encode
from perfbot.sandbox.exploration import arguments_of, inputs_of
from perfbot.sandbox.gates.symbolic_types import Tree, aliases_of, conforms, inferred, tree_of
from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.signature import KEYWORDS, VARIADIC
from perfbot.sandbox.project import Project
from perfbot.sandbox.worker import ChildFailedError, Zygote, forked

MOST = 60
"""So many inputs of one program are taken."""
MOST_BYTES = 1 << 16
"""A larger input is not taken."""
MOST_ITEMS = 10_000
"""Nor one that holds more values than this."""
MOST_DEPTH = 50
SCALARS = frozenset((type(None), bool, int, float, complex, str, bytes))
CONTAINERS = frozenset((list, tuple, set, frozenset))
CPU_S, WALL_S = 5.0, 15.0
"""What loading the program may take, and running it once more as much."""
PACKED_BYTES, UNPACKED_BYTES = 16_000, 10_000_000
"""What inputs may take in a commit's message, and when unpacked."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of a program: encoded argument lists, or why there are none."""

    inputs: tuple[bytes, ...]
    problem: str = ""


def ran(project: Project, source: str) -> Ran:
    """The inputs that the program's `cases()` yields, run in a sandbox of its own."""
    # Our own interpreter: the text is perfbot's to run, whatever the project is written in.
    host = Project(project.root, Path(sys.executable), project.import_roots)
    try:
        with Zygote(host) as zygote, forked(zygote.channel) as worker:
            reply = worker.request(
                "workload", source=source, name="cases.py", cpu_s=CPU_S, wall_s=WALL_S
            )
            failure = reply.get("failure") if type(reply) is dict else "no answer"
            if failure is not None:
                return Ran((), f"its program fails: {str(failure)[:200]}")
            found = worker.request("workload_some", most=MOST, cpu_s=CPU_S, wall_s=WALL_S)
    except ChildFailedError as error:
        return Ran((), f"its program fails: {error.detail[:200]}")
    if type(found) is not list or any(type(item) is not bytes for item in found):
        return Ran((), "its program gives no inputs")
    return Ran(tuple(found[:MOST]))


def plain(inputs: bytes) -> Arguments | None:
    """The argument list, if it is one and holds nothing but Python's own plain data; else None."""
    if len(inputs) > MOST_BYTES:
        return None
    try:
        arguments = arguments_of(inputs)
    except (WireError, ValueError, TypeError):
        return None
    left = [MOST_ITEMS]
    named = all(type(name) is str for name in arguments.kwargs)
    held = [*arguments.args, *arguments.kwargs.values()]
    return arguments if named and all(is_plain(item, left) for item in held) else None


def is_plain(value: object, left: list[int], depth: int = 0) -> bool:
    """Whether a value is made of the builtin scalars and containers alone, `left[0]` at most.

    What many hold counts each time, and what holds itself is too deep: so that looking ends.
    """
    left[0] -= 1
    if left[0] < 0 or depth > MOST_DEPTH:
        return False
    if type(value) in SCALARS:
        return True
    if type(value) is dict:
        inner: Iterable[object] = [*value.keys(), *value.values()]
    elif isinstance(value, (list, tuple, set, frozenset)) and type(value) in CONTAINERS:
        inner = value
    else:
        return False
    return all(is_plain(item, left, depth + 1) for item in inner)


class Domain:
    """The arguments that a target is meant to take, by its annotations or by what was passed."""

    def __init__(self, baseline: Baseline) -> None:
        self.signature = baseline.signature
        aliases = aliases_of(baseline.target.file_source) if self.is_python(baseline) else {}
        bound = [it for item in baseline.observed() if (it := self.signature.bind(item))]
        self.trees: dict[str, Tree | None] = {}
        for parameter in self.signature.parameters:
            seen = [values[parameter.name] for values in bound if parameter.name in values]
            single = [held for value in seen for held in self.each(parameter.kind, value)]
            self.trees[parameter.name] = tree_of(parameter.annotation, single, aliases) or inferred(
                single
            )

    def holds(self, arguments: Arguments) -> bool:
        """Whether the call fits, and each argument is of a type that is known to be meant."""
        bound = self.signature.bind(arguments)
        if bound is None:
            return False
        left = [MOST_ITEMS]
        for parameter in self.signature.parameters:
            if parameter.name not in bound:
                continue
            if bound[parameter.name] is None and parameter.default == "None":
                continue
            tree = self.trees[parameter.name]
            values = self.each(parameter.kind, bound[parameter.name])
            if tree is None or not all(conforms(item, tree, left) for item in values):
                return False
        return True

    def each(self, kind: str, value: object) -> Sequence[object]:
        """What was passed for one parameter: of `*args` and `**kwargs` one by one."""
        if kind == VARIADIC and isinstance(value, tuple):
            return value
        if kind == KEYWORDS and isinstance(value, dict):
            return list(value.values())
        return [value]

    def is_python(self, baseline: Baseline) -> bool:
        return baseline.target.language == "python"


def allowed(baseline: Baseline, written: Iterable[bytes]) -> list[bytes]:
    """Of written inputs those that an edit may be judged on, each once, encoded anew."""
    domain = Domain(baseline)
    found: dict[bytes, None] = {}
    for item in written:
        arguments = plain(item)
        if arguments is not None and domain.holds(arguments):
            inputs = inputs_of(arguments)
            if not baseline.beyond_edge(inputs):
                found[inputs] = None
    return list(found)


def packed(inputs: Sequence[bytes]) -> str:
    """The inputs as text for a commit's message; of too many the first ones."""
    kept = list(inputs)
    while kept:
        text = base64.b85encode(zlib.compress(encode(kept), 9)).decode()
        if len(text) <= PACKED_BYTES:
            return text
        kept = kept[: len(kept) * 3 // 4]
    return ""


def unpacked(recipe: Mapping[str, object], name: str) -> list[bytes]:
    """The inputs that a commit's recipe holds under `name`; none where they are damaged."""
    text = recipe.get(name)
    if not isinstance(text, str) or not text:
        return []
    try:
        opener = zlib.decompressobj()
        found = decode(opener.decompress(base64.b85decode(text), UNPACKED_BYTES))
    except (ValueError, zlib.error, WireError):
        return []
    return [item for item in found if type(item) is bytes] if type(found) is list else []
