# class: wrong only for nested marks (the name would be all between the outer ones); gate: fuzz, explore
import re
def fill(template: str, values: dict[str, str]) -> str:
    """The template with each ${name} replaced by its value; names without one stay."""
    return re.sub(r"\$\{([^}]*)\}", lambda m: values.get(m[1], m[0]), template)
