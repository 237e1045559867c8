"""One way to use the machine up from inside: how it is run, and what counts as held."""

from dataclasses import dataclass, field
from pathlib import Path

from perfbot.sandbox.attacks.attempt import Outcome, Result, attack_box, interpreter
from perfbot.sandbox.attacks.host import Host
from perfbot.sandbox.isolate.process import Ended, Finished, Limits, run

MIB = 1 << 20
UNBOUNDED = "UNBOUNDED"
"""What an abuse prints that got further than the limits allow; it then stops by itself."""
_SPARE_S = 20.0
"""How much later than its wall clock a sandbox may end on a busy machine."""
_EXITED = frozenset({Ended.EXITED})
_NO_GAPS: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Abuse:
    """Code that would use up the machine, and how its sandbox must end."""

    name: str
    code: str
    """
    Python, which may use MIB, `host` (see `Host.facts`) and `unbounded(text)`. It bounds itself,
    at several times what the limits allow: where they fail it must not take the machine down.
    """
    ends: frozenset[Ended] = _EXITED
    limits: Limits = field(default_factory=Limits)
    gaps: frozenset[str] = _NO_GAPS
    """Labels of the sandboxes that are known not to hold it, as in `Attempt.gaps`."""


_FRAME = """# {mark}
import os, resource, signal, sys, threading, time
from types import SimpleNamespace
MIB = 1 << 20
TMP = os.environ["TMPDIR"]
host = SimpleNamespace(**{host!r})
def unbounded(text):
    print("{unbounded}:", text, flush=True)
    os._exit(0)
{code}
"""


def try_abuse(abuse: Abuse, host: Host, sandbox: frozenset[str]) -> Result:
    """Run the abuse in the sandbox that goes by the labels `sandbox`.

    Raises: MachineError when no sandbox works here.
    """
    python = interpreter()
    host.restore()
    mark = f"perfbot-abuse-{host.port}-{abuse.name.replace(' ', '-')}"
    code = _FRAME.format(mark=mark, host=host.facts(), unbounded=UNBOUNDED, code=abuse.code)
    box = attack_box(python, bytes_each=8 * MIB)
    finished = run([str(python), "-I", "-S", "-c", code], box=box, limits=abuse.limits)
    wrong = _what_is_wrong(abuse, finished, mark) or host.damage()
    if box.root and Path(box.root).exists():
        wrong = wrong or f"it is over, and its folder {box.root} is still there"
    if not wrong:
        said = " / ".join(finished.stdout.decode(errors="replace").splitlines()[-3:])
        detail = f"{finished.ended.value} after {finished.seconds:.1f} s"
        shown = said if finished.ended is Ended.EXITED else ""
        return Result(abuse.name, Outcome.HELD, f"{detail}: {shown}" if shown else detail)
    if finished.ended is Ended.EXITED and finished.returncode != 0:
        return Result(abuse.name, Outcome.UNCLEAR, wrong)
    known = not sandbox.isdisjoint(abuse.gaps)
    return Result(abuse.name, Outcome.GAP if known else Outcome.ESCAPED, wrong)


def _what_is_wrong(abuse: Abuse, finished: Finished, mark: str) -> str:
    said = finished.stdout.decode(errors="replace")
    left = survivors(mark)
    if left:
        return f"it is over, and {len(left)} of its processes still run"
    if UNBOUNDED in said:
        return said.partition(UNBOUNDED)[2].strip(": \n")[-200:]
    if finished.ended not in abuse.ends:
        wanted = " or ".join(sorted(end.value for end in abuse.ends))
        return f"it ended by {finished.ended.value}, not by {wanted}: {_last_line(finished)}"
    if finished.ended is Ended.EXITED and finished.returncode != 0:
        return f"it broke off: {_last_line(finished)}"
    if finished.seconds > (abuse.limits.wall_s or 0) + _SPARE_S:
        return f"it ran {finished.seconds:.0f} s"
    return ""


def _last_line(finished: Finished) -> str:
    return finished.stderr.decode(errors="replace").strip()[-200:] or "it said nothing"


def survivors(mark: str) -> list[int]:
    """Processes on the host with `mark` in their command line."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                command = (folder / "cmdline").read_bytes()
            except (FileNotFoundError, ProcessLookupError):
                continue  # it ended in between
            if mark.encode() in command:
                found.append(int(folder.name))
    return found
