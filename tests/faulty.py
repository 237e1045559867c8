"""Edits of `shop.common` that attack whoever judges them, and good ones."""

import itertools
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

FAULTS = {
    # The process ends.
    "segmentation fault": "ctypes.string_at(0)",
    "stack overflow": "sys.setrecursionlimit(10**9)\nnest = []\n"
    "for _ in range(10**6): nest = [nest]\nrepr(nest)",
    "endless recursion": "sys.setrecursionlimit(10**9)\nf = lambda f, n: f(f, n + 1)\nf(f, 0)",
    "SIGSEGV": "os.kill(os.getpid(), signal.SIGSEGV)",
    "abort": "os.abort()",
    "exit with 0": "os._exit(0)",
    "SystemExit": "raise SystemExit(0)",
    "kill the parent": "os.kill(os.getppid(), signal.SIGKILL)",
    "kill all": "os.kill(-1, signal.SIGKILL)",
    # It uses up what there is.
    "out of memory": "kept = []\nwhile True: kept.append(b'x' * (64 << 20))",
    "out of memory, in many": "for _ in range(40):\n    if os.fork() == 0:\n"
    "        kept = b'x' * (200 << 20); time.sleep(600)\nos.wait()",
    "flood of output": "while True: os.write(1, b'x' * 65536)",
    "flood of print": "while True: print('x' * 65536)",
    "flood of errors": "for _ in range(2000): os.write(2, b'x' * 65536)\nos._exit(1)",
    "full disk": "with tempfile.TemporaryFile() as file:\n    while True: file.write(bytes(65536))",
    # It starts others.
    "fork bomb": "while True:\n    try: os.fork()\n    except OSError: pass",
    "daemon": "if os.fork() == 0:\n    os.setsid(); os.closerange(0, 64)\n    time.sleep(600)",
    "both answer": "os.fork()",
    "thread left": "threading.Thread(target=time.sleep, args=(100_000,)).start()",
    "file left": "open(tempfile.gettempdir() + '/left', 'w').write('x')",
    # It never answers.
    "sleep": "time.sleep(100_000)",
    "sleep, deaf": "[signal.signal(n, signal.SIG_IGN) for n in (1, 2, 3, 13, 15)]\n"
    "time.sleep(100_000)",
    "busy loop": "while True: pass",
    "stop": "os.kill(os.getpid(), signal.SIGSTOP)",
    # It writes into perfbot's pipes, or closes them.
    "noise on the wire": "for fd in range(3, 64):\n"
    "    try: os.write(fd, os.urandom(40))\n    except OSError: pass",
    "frames on the wire": "for fd in range(3, 64):\n"
    "    try: os.write(fd, b'\\0\\0\\0\\1\\xf6' * 9)\n    except OSError: pass",
    "endless frame on the wire": "for fd in range(3, 64):\n"
    "    try: os.write(fd, b'\\x7f\\xff\\xff\\xff')\n    except OSError: pass",
    "half a frame on the wire": "for fd in range(3, 64):\n"
    "    try: os.write(fd, b'\\0\\0\\1\\0\\x83')\n    except OSError: pass\nos._exit(0)",
    "half a frame, then silence": "for fd in range(3, 64):\n"
    "    try: os.write(fd, b'\\0\\0\\1\\0\\x83')\n    except OSError: pass\ntime.sleep(100_000)",
    "closed pipes": "os.closerange(0, 64)",
    "closed pipes, alive": "os.closerange(0, 64)\ntime.sleep(100_000)",
}
"""What goes wrong, as the body of the edit."""
WAITING = ("sleep", "sleep, deaf", "stop", "half a frame, then silence", "closed pipes, alive")
"""A quarter of a minute each: perfbot has to wait for them as long as it waits for anybody."""
CALLER = "sys._getframe(1).f_code.co_name"
WHEN = {
    "always": "True",
    "on long input": "len(xs) + len(ys) > 8",
    "on short input": "len(xs) == 1",
    "now and then": "(len(xs) * 7 + len(ys)) % 5 == 3",
    "outside the suite": '"pytest" not in sys.modules',
}
"""When it goes wrong, as a condition; the first gate that can meet it differs."""
TIMED = "as it is timed"
"""Nothing but the clock meets it: the driver's timed batch is known by its caller's name, and
the fault's text is fetched from a table, which leaves no line or branch that was not run."""
GOOD = (
    "known = set(ys)\nreturn [x for x in xs if x in known]",
    "known = frozenset(ys)\nreturn [x for x in xs if x in known]",
    "known = dict.fromkeys(ys)\nreturn [x for x in xs if x in known]",
)
HEADER = "def common(xs: list[int], ys: list[int]) -> list[int]:\n"
IMPORTS = "import ctypes, os, signal, sys, tempfile, threading, time\n"


@dataclass(frozen=True, slots=True)
class Faulty:
    """An edit to judge: `fault` and `when` are keys of the tables; a good one has neither."""

    text: str
    fault: str = "good"
    when: str = ""

    @property
    def good(self) -> bool:
        return not self.when


def edits(count: int, only: str = "") -> Iterator[Faulty]:
    """Each fault in each way in turn, a good edit after every third; `only` is in their names.

    Those that wait for a deadline have one turn in each way, the others go round and round.
    """
    pairs = [(fault, when) for when in (*WHEN, TIMED) for fault in FAULTS if only in fault]
    quick = [pair for pair in pairs if pair[0] not in WAITING] or pairs
    turns = itertools.chain(pairs, itertools.cycle(quick))
    for number in range(count):
        good = GOOD[number % len(GOOD)]
        yield Faulty(function(good)) if number % 4 == 3 else faulty(*next(turns), good)


def faulty(fault: str, when: str, good: str) -> Faulty:
    """The edit that is `good` until it is `when`."""
    if when == TIMED:
        table = {"run_all": IMPORTS + FAULTS[fault]}
        text = f"import sys\nexec({table!r}.get({CALLER}, ''), {{}})\n{good}"
    else:
        inner = textwrap.indent(FAULTS[fault], "    ")
        text = f"{IMPORTS}if {WHEN[when]}:\n{inner}\n{good}"
    return Faulty(function(text), fault, when)


def function(body: str) -> str:
    """The target's new text."""
    return HEADER + textwrap.indent(body, "    ")
