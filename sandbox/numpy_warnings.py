"""What numpy says of an overflow: of scalars always, of arrays only where they are of floats."""

from typing import Any

from perfbot.sandbox.inputs.arrays import is_array

ARRAYS = ("RuntimeWarning", "overflow", True)
SCALARS = ("RuntimeWarning", "overflow of scalars", True)
"""As `drivers/outcome.py` reports the two."""


def as_arrays_warn(before: dict[Any, Any], after: dict[Any, Any], *, whole: bool) -> dict[Any, Any]:
    """The original's side effects, with an overflow said as the edit says it.

    Operations on scalars and on arrays give the same bits, but arrays of integers wrap silently.
    So what only scalars of the original warned of may go unsaid where its arguments are `whole`
    numbers; a warning that the original does not give at all may not come, and no other may go.
    """
    ours, theirs = before.get("warnings"), after.get("warnings", [])
    if type(ours) is not list or type(theirs) is not list:
        return before
    instead = [word for word in (ARRAYS, SCALARS) if word in theirs]
    if SCALARS in ours and (instead or whole):
        found = [other for word in ours for other in (instead if word == SCALARS else [word])]
    elif ARRAYS in ours and SCALARS in instead:
        found = [SCALARS if word == ARRAYS else word for word in ours]
    else:
        return before
    changed = {name: found if name == "warnings" else effect for name, effect in before.items()}
    return {name: effect for name, effect in changed.items() if effect}


def whole_numbers(parts: Any) -> bool:
    """Whether the arguments in a body [value, args, kwargs] are arrays of integers, and integers.

    Those of floats overflow too, and arrays of them say so.
    """
    if type(parts) is not list or len(parts) != 3 or type(parts[2]) is not dict:
        return False
    plain = [getattr(item, "array", item) for item in (*parts[1], *parts[2].values())]
    return any(map(is_array, plain)) and all(
        item.dtype.kind in "biu" if is_array(item) else type(item) in (int, bool, str, type(None))
        for item in plain
    )
