"""Shapes of the standard library's types whose values the wire names by the call that makes them.

Paths, patterns, memoryviews, text and byte streams, functions to call, hashable things.
"""

import io
import pathlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from perfbot.sandbox.drivers.values import Made, Named, Object
from perfbot.sandbox.inputs import observed
from perfbot.sandbox.inputs.containers import Positions, Unions
from perfbot.sandbox.inputs.drawing import Drawing, Path
from perfbot.sandbox.inputs.scalars import Constants, Opaques, Shape
from perfbot.sandbox.inputs.scope import Scope

PARTS = ("a", "b", "src", "data", "notes.txt", "archive.tar.gz", ".hidden", "..", "ü", "no suffix ")
PATTERNS = ("a+", r"\d+", r"^\s*$", "", ".", r"(\w)(\w)?", "[abc]|x", r"(?P<name>\w+)=", "(a|b)*c")
FLAGS = (0, 0, 0, 2, 8, 16)
"""None mostly; IGNORECASE, MULTILINE, DOTALL."""
FUNCTIONS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "int -> int": (("builtins", "abs"), ("operator", "neg"), ("operator", "invert")),
    "float -> float": (("builtins", "abs"), ("operator", "neg"), ("math", "floor")),
    "str -> str": (("builtins", "str.upper"), ("builtins", "str.strip"), ("builtins", "repr")),
    "str -> int": (("builtins", "len"), ("builtins", "hash")),
    "* -> bool": (("builtins", "bool"), ("operator", "not_")),
    "* -> str": (("builtins", "str"), ("builtins", "repr"), ("builtins", "ascii")),
    "* -> *": (("builtins", "str"), ("builtins", "repr"), ("builtins", "bool")),
    "int, int -> int": (("operator", "add"), ("operator", "mul"), ("operator", "sub"),
                        ("builtins", "max")),
    "float, float -> float": (("operator", "add"), ("operator", "mul"), ("builtins", "min")),
    "str, str -> str": (("operator", "add"), ("builtins", "max")),
    "*, * -> bool": (("operator", "eq"), ("operator", "ne")),
    "*, * -> *": (("operator", "eq"), ("operator", "is_")),
    " -> int": (("builtins", "int"),),
    " -> float": (("builtins", "float"),),
    " -> str": (("builtins", "str"),),
    " -> *": (("builtins", "list"), ("builtins", "int")),
}  # fmt: skip
"""Functions that take and give what an annotation says; `*` is any type."""


@dataclass(frozen=True, slots=True)
class Paths:
    """Paths that need not exist; some absolute, some with several suffixes, some empty."""

    pure: bool = False
    seen: tuple[pathlib.PurePath, ...] = ()
    scalar: bool = False
    hashable: bool = True

    def draw(self, drawing: Drawing, path: Path) -> pathlib.PurePath:
        choices = drawing.choices
        roll = choices.integer(0, 15)
        if self.seen and roll >= 11:
            found = choices.pick(self.seen)
            return found.with_name(choices.pick(PARTS[:5])) if roll == 15 and found.name else found
        names = [*PARTS, *(text for text in drawing.literals.texts if "\0" not in text)]
        inner = "/".join(choices.pick(names) for _ in range(choices.integer(0, 4)))
        text = f"/{inner}" if choices.chance(25) else inner
        return pathlib.PurePosixPath(text) if self.pure else pathlib.Path(text)


@dataclass(frozen=True, slots=True)
class Calls:
    """Values that one function makes of one value."""

    module: str
    qualname: str
    argument: Shape
    hashable: bool = True
    scalar: bool = False

    def draw(self, drawing: Drawing, path: Path) -> Made:
        value = self.argument.draw(drawing, path)
        args = value if isinstance(value, tuple) else (value,)
        return Made(self.module, self.qualname, args, {})


@dataclass(frozen=True, slots=True)
class Streams:
    """Open text or binary streams, in memory."""

    content: Shape
    scalar: bool = False
    hashable: bool = False

    def draw(self, drawing: Drawing, path: Path) -> io.StringIO | io.BytesIO:
        content = self.content.draw(drawing, path)
        if isinstance(content, str):
            # No wire, and no file, has lone surrogates.
            return io.StringIO(content.encode("utf-8", "replace").decode())
        return io.BytesIO(content if isinstance(content, bytes) else b"")


def paths(seen: Sequence[object], *, pure: bool = False) -> Shape:
    """Paths, or for `PurePath` pure ones."""
    return Paths(pure, tuple(item for item in seen if isinstance(item, pathlib.PurePath)))


def patterns(seen: Sequence[object], binary: bool = False) -> Shape:
    """Compiled patterns: observed ones, and common kinds of them."""
    known = [item for item in seen if isinstance(item, Made) and item.module == "re"]
    texts: tuple[object, ...] = tuple(text.encode() for text in PATTERNS) if binary else PATTERNS
    made = Calls("re", "compile", Positions((Constants(texts), Constants(FLAGS))))
    return Unions((made, Opaques(tuple(known)))) if known else made


def memoryviews(seen: Sequence[object]) -> Shape:
    """Views of bytes and, now and then, of a bytearray."""
    known = [item.args[0] for item in seen if isinstance(item, Made) and item.args]
    content = observed.data(known, mutable=False, declared=True)
    writable = observed.data(known, mutable=True, declared=True)
    return Calls("builtins", "memoryview", Unions((content, content, writable)))


def text_streams(seen: Sequence[object]) -> Shape:
    """In-memory text files."""
    known = [item.state[3][0] for item in observed.of(Object, seen)
             if item.qualname == "StringIO" and isinstance(item.state[3], tuple)]  # fmt: skip
    return Streams(observed.texts(known or ["a,b\n1,2\n", "one\n\ntwo"], declared=True))


def byte_streams(seen: Sequence[object]) -> Shape:
    """In-memory binary files."""
    return Streams(observed.data([], mutable=False, declared=True))


def hashables(seen: Sequence[object]) -> Shape:
    """Ints, strings, tuples of them, None; and what was observed."""
    ints, letters = observed.integers([0, 9]), observed.texts(["a", "bc"])
    shape = Unions((ints, letters, Positions((ints, letters)), Constants((None, 0.5))))
    known = observed.infer(seen)
    return Unions((shape, known)) if known is not None and known.hashable else shape


def callables(
    parameters: Sequence[str], result: str, seen: Sequence[object], scope: Scope | None = None
) -> Shape | None:
    """Functions: observed ones, those of the module annotated so, and builtin ones that fit."""
    found: dict[Named, None] = {item: None for item in seen if isinstance(item, Named)}
    wanted = [*map(_plain, parameters), _plain(result)]
    for name, node in scope.functions.items() if scope is not None and result else ():
        header = node.args
        takes = [_plain(_said(item.annotation)) for item in [*header.posonlyargs, *header.args]]
        if [*takes, _plain(_said(node.returns))] == wanted and not header.kwonlyargs:
            assert scope is not None
            found[Named("function", scope.module, name)] = None
    texts = [*map(_plain, parameters)]
    stars = ", ".join("*" for _ in texts)
    for key in (f"{', '.join(texts)} -> {_plain(result)}", f"{stars} -> {_plain(result)}",
                f"{stars} -> *" if _plain(result) in OPEN else ""):  # fmt: skip
        for module, name in FUNCTIONS.get(key, ()) if result else ():
            found[Named("builtin", module, name)] = None
    return Constants(tuple(found)) if found else None


OPEN = frozenset(("Any", "object", "T", "K", "V", "R", "*", "SupportsRichComparison", "Hashable"))


def _plain(text: str) -> str:
    return text.strip("'\"").rpartition(".")[2] if "[" not in text else text


def _said(annotation: object) -> str:
    import ast

    return ast.unparse(annotation) if isinstance(annotation, ast.expr) else ""


SHAPES: Mapping[str, Callable[[Sequence[object]], Shape]] = {
    "Path": paths,
    "PosixPath": paths,
    "PathLike": paths,
    "PurePath": lambda seen: paths(seen, pure=True),
    "PurePosixPath": lambda seen: paths(seen, pure=True),
    "Pattern": patterns,
    "memoryview": memoryviews,
    "TextIO": text_streams,
    "TextIOBase": text_streams,
    "StringIO": text_streams,
    "IO": text_streams,
    "BinaryIO": byte_streams,
    "BytesIO": byte_streams,
    "Hashable": hashables,
}
"""By the last name of the annotation."""
