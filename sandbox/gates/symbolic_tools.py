"""CrossHair (the extra `symbolic`), taken from perfbot's own environment into a sandbox."""

import functools
import sys
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path

from perfbot.sandbox.errors import MachineError

TOOLS_AT = "/perfbot/symbolic"
CROSSHAIR = "crosshair-tool==0.0.113"
"""What to install: this version, as `drivers/symbolic.py` calls its inner parts."""
PARTS = (
    "crosshair-tool",
    "z3-solver",
    "typeshed-client",
    "typing-inspect",
    "typing-extensions",
    "mypy-extensions",
    "packaging",
)
"""The distributions that CrossHair imports to search; its language server's are left out."""


def require_installed() -> None:
    """Raises: MachineError where perfbot's own environment has no CrossHair."""
    if find_spec("crosshair") is None or find_spec("z3") is None:
        raise MachineError(
            "--symbolic needs CrossHair, which is not installed beside perfbot",
            f"{sys.executable} -m pip install '{CROSSHAIR}'",
        )


@functools.cache
def version() -> str:
    """The version of CrossHair installed. Raises: MachineError where there is none."""
    require_installed()
    return distribution("crosshair-tool").version


@functools.cache
def tool_mounts() -> tuple[tuple[Path, str], ...]:
    """(host path, path inside) of each package and module of `PARTS`.

    Only these: the rest of perfbot's environment is not the project's to import.

    Raises: MachineError where one of them is not installed.
    """
    require_installed()
    mounts = []
    for name in PARTS:
        try:
            found = distribution(name)
        except PackageNotFoundError as error:
            raise MachineError(
                f"CrossHair is installed without {name}, which it needs",
                f"{sys.executable} -m pip install {name}",
            ) from error
        tops = {file.parts[0] for file in found.files or ()}
        for top in sorted(tops):
            path = Path(str(found.locate_file(top)))
            if path.suffix in (".py", ".so") or (path / "__init__.py").is_file():
                mounts.append((path, f"{TOOLS_AT}/{top}"))
    return tuple(mounts)


def provides(module: str) -> bool:
    """Whether a module, by its dotted name, lies in what is mounted for CrossHair."""
    top = module.split(".")[0]
    return any(Path(inside).name.split(".")[0] == top for _, inside in tool_mounts())
