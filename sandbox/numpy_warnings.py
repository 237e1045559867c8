"""What numpy says of an overflow: of scalars always, of arrays only where they are of floats."""

from typing import Any

ARRAYS = ("RuntimeWarning", "overflow", True)
SCALARS = ("RuntimeWarning", "overflow of scalars", True)
"""As `drivers/outcome.py` reports the two."""


def as_arrays_warn(before: dict[Any, Any], after: dict[Any, Any]) -> dict[Any, Any]:
    """The original's side effects, with an overflow said as the edit says it.

    Operations on scalars and on arrays give the same bits, but arrays of integers wrap silently.
    So what only scalars of the original warned of may go unsaid; a warning that the original does
    not give at all, or gave of arrays, may neither come nor go.
    """
    ours, theirs = before.get("warnings"), after.get("warnings", [])
    if type(ours) is not list or type(theirs) is not list:
        return before
    instead = [word for word in (ARRAYS, SCALARS) if word in theirs]
    if SCALARS in ours:
        found = [other for word in ours for other in (instead if word == SCALARS else [word])]
    elif ARRAYS in ours and SCALARS in instead:
        found = [SCALARS if word == ARRAYS else word for word in ours]
    else:
        return before
    changed = {name: found if name == "warnings" else effect for name, effect in before.items()}
    return {name: effect for name, effect in changed.items() if effect}
