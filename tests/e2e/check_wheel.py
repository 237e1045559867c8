"""Installs the wheel in an empty environment, far from the sources, and uses it: `make wheel`."""

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# Runs in the new environment. `-I` there keeps the current folder and PYTHONPATH away.
INSIDE = """
import importlib, pathlib, pkgutil, sys
import perfbot

home = pathlib.Path(perfbot.__file__).parent
assert home.is_relative_to(sys.prefix), f"{home} is not in {sys.prefix}"
for path in (home, *home.rglob("*")):
    assert not path.is_symlink(), f"{path} is a link"
assert (home / "py.typed").is_file()
names = [m.name for m in pkgutil.walk_packages(perfbot.__path__, "perfbot.")]
for package in ("optimizer", "agents", "sandbox", "corpora"):
    assert f"perfbot.{package}" in names, f"{package} is not in the wheel"
for name in names:
    if name.endswith((".__main__", ".telemetry_spans")):
        continue  # importing the first would run it, the second needs the extra `otel`
    importlib.import_module(name)
print(f"wheel: {len(names)} modules import from {home}")
"""


def main(dist: Path) -> None:
    """Checks the one wheel in `dist`; any failure ends the process with a non-zero code."""
    (wheel,) = dist.resolve().glob("*.whl")
    with tempfile.TemporaryDirectory(prefix="perfbot-wheel-") as folder:
        print(f"wheel: installing {wheel.name} in an empty environment (a minute) ...", flush=True)
        venv.create(folder, with_pip=True)
        python = Path(folder) / "bin" / "python"
        pip = [python, "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        run(*pip, wheel, "-c", ROOT / "constraints.txt", cwd=folder)
        run(python, "-I", "-c", INSIDE, cwd=folder)
        run(Path(folder) / "bin" / "perfbot", "--help", cwd=folder, stdout=subprocess.DEVNULL)
    print("wheel: perfbot --help works")


def run(*command: str | Path, cwd: str, stdout: int | None = None) -> None:
    """Runs a command to its end; where it fails, so does this process, after what it printed."""
    code = subprocess.run(list(map(str, command)), cwd=cwd, stdout=stdout).returncode
    if code:
        sys.exit(f"wheel: {Path(command[0]).name} ended with code {code}, see above")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
