"""The prompts' templates (`prompts/*.md.j2`); jinja2 is imported when a prompt is made."""

import functools
import re
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "prompts"


def rendered(name: str, **values: object) -> str:
    """The template `name` with these values; a value that it lacks is an error."""
    text: str = _environment().get_template(f"{name}.md.j2").render(**values)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def fenced(text: str, language: str = "") -> str:
    """The text as a fenced block, whose fence is longer than any in the text."""
    longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


@functools.cache
def _environment() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    # Nothing is escaped: these are prompts, not pages.
    return Environment(
        loader=FileSystemLoader(_FOLDER),
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
