"""`perfbot doctor` and `perfbot init`: what this machine offers and holds; a first config file."""

import importlib.util
import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

from perfbot.optimizer.config import Options
from perfbot.sandbox.energy import find_meter
from perfbot.sandbox.errors import MachineError, PerfbotError, UsageError
from perfbot.sandbox.host import available_cores
from perfbot.sandbox.isolate.process import describe


def check_machine() -> int:
    """Print what is there, one line each; 4 if something perfbot cannot do without is missing."""
    missing = 0
    for name, check in CHECKS.items():
        try:
            print(f"ok       {name}: {check()}")
        except PerfbotError as error:
            missing = MachineError.exit_code
            print(f"missing  {name}: {error}")
    return missing


def git() -> str:
    found = shutil.which("git")
    if found is None:
        raise MachineError("git is not installed", "apt install git")
    return found


def sandbox() -> str:
    found = describe()
    return "; ".join(f"{key.replace('_', ' ')}: {value}" for key, value in found.items())


def energy() -> str:
    meter = find_meter()
    return "estimated from CPU time" if meter is None else type(meter).__name__


def proposers() -> str:
    llm = "present" if importlib.util.find_spec("litellm") else "absent"
    return f"rules; litellm is {llm}"


CHECKS: dict[str, Callable[[], str]] = {
    "python": lambda: f"{platform.python_version()} at {sys.executable}",
    "git": git,
    "sandbox": sandbox,
    "cores": lambda: f"{len(available_cores())} to time on",
    "energy": energy,
    "proposers": proposers,
}


def attack_sandbox(name: str) -> int:
    """Attack the sandbox `name` (auto: the one in use) in every known way; 1 if one gets through.

    Prints one line for each attempt, and a summary. Ordinary work that the sandbox refuses, and an
    attempt that broke off before it could tell, count as got through: they show that nothing was
    shown.

    Raises: UsageError for an unknown name, MachineError when there is no such sandbox here.
    """
    from perfbot.sandbox.attacks.everything import FAILED, attack_everything, summary
    from perfbot.sandbox.isolate.choice import choose

    choose(name)
    found = []
    for kind, result in attack_everything():
        found.append((kind, result))
        print(f"{result.outcome.value:9}{result.name}: {result.detail}", flush=True)
    print(summary(found))
    return int(any(result.outcome in FAILED for _, result in found))


def write_config() -> int:
    """Write perfbot.toml with every option that a config file may hold, at its default.

    Raises: UsageError when there is one already.
    """
    path = Path("perfbot.toml")
    if path.exists():
        raise UsageError("there is a perfbot.toml here already", "edit it, or remove it first")
    lines = ["# Options of perfbot; the command line overrides them."]
    for item in fields(Options):
        if item.metadata.get("command_line_only"):
            continue
        lines += ["", f"# {item.metadata['help']}"]
        value = item.default
        lines.append(f"# {item.name} = …" if value is None else f"{item.name} = {toml(value)}")
    path.write_text("\n".join(lines) + "\n")
    print(f"wrote {path}")
    return 0


def toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "[" + ", ".join(toml(item) for item in value) + "]"
    return repr(value) if isinstance(value, (int, float)) else f'"{value}"'
