"""Shapes of values of the project's own classes, made by calling the class in the sandbox."""

from dataclasses import dataclass, field

from perfbot.sandbox.drivers.values import Made
from perfbot.sandbox.inputs.drawing import Drawing, Path
from perfbot.sandbox.inputs.scalars import Shape

DEEP = 6
"""Values nested deeper than this take the shortest way to an end."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a constructor."""

    name: str
    shape: Shape
    optional: bool = False
    positional: bool = False
    """It cannot be given by name."""


@dataclass(frozen=True, slots=True)
class Instances:
    """Objects of one class."""

    module: str
    qualname: str
    arguments: tuple[Argument, ...]
    hashable: bool = False
    scalar: bool = False

    def draw(self, drawing: Drawing, path: Path) -> Made:
        source = drawing.for_elements(1 + len(self.arguments))
        args: list[object] = []
        kwargs: dict[str, object] = {}
        for item in self.arguments:
            if item.optional and (len(path) > DEEP or source.choices.chance(30)):
                continue
            value = item.shape.draw(source, (*path, item.name))
            if item.positional:
                args.append(value)
            else:
                kwargs[item.name] = value
        return Made(self.module, self.qualname, tuple(args), kwargs)


@dataclass(slots=True)
class Deferred:
    """A shape that is not known yet: that of a class within itself."""

    name: str
    shape: Shape | None = None
    hashable: bool = False
    scalar: bool = False
    used: bool = False

    def draw(self, drawing: Drawing, path: Path) -> object:
        if self.shape is None or len(path) > 4 * DEEP:
            return None  # a class that holds itself without end: its constructor will say so
        return self.shape.draw(drawing, path)

    def __repr__(self) -> str:
        return f"Deferred({self.name!r})"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a TypeVar stands for: one of several shapes, the same wherever it occurs in a call."""

    name: str
    options: tuple[Shape, ...]
    scalar: bool = field(default=False)

    @property
    def hashable(self) -> bool:
        """Whether every option is."""
        return all(option.hashable for option in self.options)

    def draw(self, drawing: Drawing, path: Path) -> object:
        at = drawing.chosen.get(self.name)
        if at is None:
            at = drawing.chosen[self.name] = drawing.choices.integer(0, len(self.options) - 1)
        return self.options[at % len(self.options)].draw(drawing, path)
