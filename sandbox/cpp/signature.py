"""A C or C++ function's signature, as the compiler sees it, in Python's annotations."""

from dataclasses import dataclass

from perfbot.sandbox.inputs.signature import POSITIONAL_ONLY, Parameter, Signature

SCOPE = "import annotated_types\nfrom typing import Annotated, Any\n"
"""What the annotations' names stand for: the source of a module in which they mean that."""


@dataclass(frozen=True, slots=True)
class Described:
    """A parameter, or the result, of a described function."""

    name: str
    """Empty for the result."""
    type: str
    """As the compiler writes it, names in full: `const std::vector<int>&`."""
    annotation: str
    passing: str
    """value, const, reference, moved, counted or const counted; empty for the result."""

    @property
    def may_change(self) -> bool:
        """Whether the caller sees what the call does to it."""
        return self.passing in ("reference", "counted")


@dataclass(frozen=True, slots=True)
class Description:
    """What a library says of the function it holds."""

    result: Described
    parameters: tuple[Described, ...]


def description_of(text: str) -> Description:
    """Read what `CppWorker.describe` gave.

    Raises: ValueError where it is no description.
    """
    rows = [line.split("\t") for line in text.splitlines()]
    if not rows or any(len(row) != 5 for row in rows) or rows[0][0] != "result":
        raise ValueError("the library does not describe its function")
    result, *parameters = (Described(*row[1:]) for row in rows)
    return Description(result, tuple(parameters))


def signature_of(text: str) -> Signature:
    """The signature in a description. Arguments of C++ have no names in a call.

    Raises: ValueError where it is no description.
    """
    return Signature(
        tuple(
            Parameter(item.name, POSITIONAL_ONLY, item.annotation)
            for item in description_of(text).parameters
        )
    )
