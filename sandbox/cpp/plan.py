"""How a project is built and tested: what its user says, else what its files tell."""

import re
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path

from perfbot.sandbox.errors import MachineError
from perfbot.sandbox.host import available_cores
from perfbot.sandbox.isolate.box import PATH
from perfbot.sandbox.project import Project

_MAKEFILES = ("GNUmakefile", "makefile", "Makefile")
_EXTENSIONS = 'python -c "import setuptools; setuptools.setup()" build_ext --inplace'
"""Also for a setup.py-less project: setuptools reads pyproject.toml by itself."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Shell commands, run in the project's root."""

    build: str
    """Empty where nothing has to be built."""
    tests: str
    """Empty where no tests were found."""


def plan_of(project: Project, build: str | None = None, tests: str | None = None) -> Plan:
    """The commands for `project`; `build` and `tests` win where they are given.

    Raises: MachineError when the tool that the project is built with is missing.
    """
    found = _found(project.root, needs_tool=build is None)
    wanted_tests = tests if tests is not None else project.tests
    return Plan(
        found.build if build is None else build,
        found.tests if wanted_tests is None else wanted_tests,
    )


def _found(root: Path, *, needs_tool: bool) -> Plan:
    jobs = len(available_cores())
    folder = "build" if not (root / "build").exists() else "perfbot-build"
    if (root / "CMakeLists.txt").is_file():
        need("cmake", needs_tool)
        ninja = "-G Ninja " if shutil.which("ninja", path=PATH) else ""
        configure = f"cmake -S . -B {folder} {ninja}-DCMAKE_BUILD_TYPE=Release"
        return Plan(
            f"{configure} && cmake --build {folder} -j {jobs}",
            f"ctest --test-dir {folder} --output-on-failure",
        )
    if (root / "meson.build").is_file():
        need("meson", needs_tool)
        return Plan(
            f"meson setup {folder} --buildtype=release && ninja -C {folder} -j {jobs}",
            f"meson test -C {folder}",
        )
    if any("ext_modules" in _text(root / name) for name in ("setup.py", "setup.cfg")):
        return Plan("python setup.py build_ext --inplace", "python -m pytest")
    makefile = next((root / name for name in _MAKEFILES if (root / name).is_file()), None)
    configure = "./configure && " if (root / "configure").is_file() else ""
    if makefile is not None or configure:
        need("make", needs_tool)
        text = "check:" if makefile is None else _text(makefile)
        rules = [name for name in ("check", "test") if re.search(rf"^{name}\s*:(?!=)", text, re.M)]
        return Plan(f"{configure}make -j {jobs}", f"make {rules[0]}" if rules else "")
    if "ext-modules" in _text(root / "pyproject.toml"):
        return Plan(_EXTENSIONS, "python -m pytest")
    return Plan("", "")


def _text(path: Path) -> str:
    return path.read_text(errors="replace") if path.is_file() else ""


def need(tool: str, is_needed: bool = True) -> None:
    """Raises: MachineError when `tool` is not where the sandbox finds programs."""
    if is_needed and shutil.which(tool, path=PATH) is None:
        raise MachineError(
            f"the project is built with {tool}, which is not installed",
            f"apt-get install {shlex.quote(tool)}, or name another way with --build CMD",
        )
