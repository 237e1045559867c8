"""An argument list: what one call of a target is given."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Arguments:
    """Positional and keyword arguments as plain values (a user's objects as opaque nodes)."""

    args: tuple[object, ...] = ()
    kwargs: Mapping[str, object] = field(default_factory=dict)
