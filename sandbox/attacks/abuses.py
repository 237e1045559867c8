"""Ways to use the machine up, or to outlive the sandbox; each must end, and leave nothing."""

from perfbot.sandbox.attacks.abuse import MIB, Abuse
from perfbot.sandbox.isolate.process import Ended, Limits

_BRIEF = Limits(wall_s=1.0)
_FEW = Limits(wall_s=10.0, processes=40)
_BOMB = Limits(wall_s=20.0, memory_bytes=128 * MIB, file_bytes=1024 * MIB)
_MEMORY = frozenset({Ended.MEMORY})
_TIMEOUT = frozenset({Ended.TIMEOUT})
# A write into memory that is refused (no such call, no space left) holds the bomb as well.
_REFUSED_OR_KILLED = frozenset({Ended.MEMORY, Ended.DISK, Ended.EXITED})
# Without namespaces and without a cgroup the kernel counts the user's other processes too, so the
# limit must leave room for them, and is that much higher.
_ALL_SIGNALS_IGNORED = """
for number in range(1, 65):
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
"""

TIME = (
    Abuse("endless loop", "while True: pass", _TIMEOUT, _BRIEF),
    Abuse(
        "endless loop under a CPU limit",
        "while True: pass",
        frozenset({Ended.CPU}),
        Limits(wall_s=60.0, cpu_s=1),
    ),
    Abuse(
        "CPU limit's signal ignored",
        "signal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass",
        frozenset({Ended.CPU, Ended.SIGNALED, Ended.KILLED}),
        Limits(wall_s=60.0, cpu_s=1),
    ),
    Abuse("sleep", "time.sleep(3600)", _TIMEOUT, _BRIEF),
    Abuse("stop oneself", "os.kill(os.getpid(), signal.SIGSTOP)", _TIMEOUT, _BRIEF),
    Abuse(
        "every signal ignored, many sessions",
        _ALL_SIGNALS_IGNORED
        + "for _ in range(4):\n    if os.fork() == 0: os.setsid()\ntime.sleep(3600)",
        _TIMEOUT,
        _BRIEF,
    ),
    Abuse("streams closed", "os.closerange(0, 64)\ntime.sleep(3600)", _TIMEOUT, _BRIEF),
)

PROCESSES = (
    Abuse(
        "fork bomb",
        "started = 0\ntry:\n    while started < 200:\n"
        "        if os.fork() == 0: time.sleep(3600)\n        started += 1\n"
        "except OSError as problem: print(started, 'processes:', problem)\n"
        "else: unbounded(f'{started} processes')",
        limits=_FEW,
    ),
    Abuse(
        "fork bomb whose children fork",
        # Each process that lives writes one byte.
        "count = os.open('count', os.O_CREAT | os.O_APPEND | os.O_WRONLY)\n"
        "first = os.getpid()\n"
        "for _ in range(8):\n"
        "    try:\n"
        "        if os.fork() == 0: os.write(count, b'x')\n"
        "    except OSError: break\n"
        "if os.getpid() != first: time.sleep(3600)\n"
        "time.sleep(1)\nstarted = os.stat('count').st_size\n"
        "if started > 40: unbounded(f'{started} processes')\nprint(started, 'processes')",
        limits=_FEW,
    ),
    Abuse(
        "thread bomb",
        "started = 0\ntry:\n    while started < 200:\n"
        "        threading.Thread(target=time.sleep, args=(3600,), daemon=True).start()\n"
        "        started += 1\n"
        "except RuntimeError as problem: print(started, 'threads:', problem, flush=True)\n"
        "else: unbounded(f'{started} threads')\nos._exit(0)",
        limits=_FEW,
    ),
    Abuse(
        "zombies",
        "for _ in range(30):\n    if os.fork() == 0: os._exit(0)\ntime.sleep(.2)\nprint('left')",
        limits=Limits(processes=64),
    ),
    Abuse(
        "daemon that left its session",
        "if os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
        "        os.closerange(0, 64)\n        time.sleep(3600)\n    os._exit(0)\n"
        "time.sleep(.2)\nprint('left')",
    ),
    Abuse(
        "daemon that holds the output",
        "if os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0: time.sleep(3600)\n"
        "    os._exit(0)\ntime.sleep(.2)\nprint('left')",
    ),
    Abuse(
        "kill everything",
        # Only where a process of the host cannot be signalled: else it would be, with the others.
        "try: os.kill(host.victim, 0)\n"
        "except OSError: pass\n"
        "else: unbounded('processes of the host can be signalled')\n"
        "if os.fork() == 0: time.sleep(3600)\n"
        "os.kill(-1, signal.SIGKILL)\nprint('done')",
        frozenset({Ended.EXITED, Ended.SIGNALED, Ended.KILLED}),
    ),
    Abuse(
        "kill the sandbox's first process",
        "for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP):\n"
        "    try: os.kill(os.getppid(), number)\n"
        "    except OSError as problem: print(problem)\n"
        "if os.fork() == 0: time.sleep(3600)\nprint('done')",
        frozenset({Ended.EXITED, Ended.SIGNALED, Ended.KILLED}),
    ),
)

MEMORY = (
    Abuse(
        "memory bomb, one process",
        "held = bytearray()\nwhile len(held) < 512 * MIB: held += b'x' * (8 * MIB)\n"
        "unbounded('512 MiB of memory')",
        _MEMORY,
        _BOMB,
    ),
    Abuse(
        "memory bomb, many processes",
        "for _ in range(12):\n"
        "    if os.fork() == 0:\n        held = bytearray(b'x' * (40 * MIB))\n"
        "        time.sleep(5)\n        os._exit(0)\n"
        "time.sleep(5)\nunbounded('480 MiB of memory')",
        _MEMORY,
        _BOMB,
    ),
    Abuse(
        "memory bomb in a memfd",
        "held = os.memfd_create('x')\nfor _ in range(512): os.write(held, b'x' * MIB)\n"
        "time.sleep(3)\nunbounded('512 MiB of memory')",
        _MEMORY,
        _BOMB,
    ),
    Abuse(
        "memory bomb in shared pages",
        "import mmap\nheld = mmap.mmap(-1, 512 * MIB)\n"
        "for at in range(0, len(held), 4096): held[at] = 1\n"
        "time.sleep(3)\nunbounded('512 MiB of memory')",
        _MEMORY,
        _BOMB,
    ),
    Abuse(
        "memory bomb in System V memory",
        "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        "libc.shmat.restype = ctypes.c_void_p\n"
        "for _ in range(16):\n"
        "    found = libc.shmget(0, ctypes.c_size_t(32 * MIB), 0o1600)\n"
        "    if found < 0: print(os.strerror(ctypes.get_errno())); break\n"
        "    at = libc.shmat(found, None, 0)\n"
        "    libc.shmctl(found, 0, None)\n"
        "    ctypes.memset(at, 1, 32 * MIB)\n"
        "else:\n    time.sleep(3)\n    unbounded('512 MiB of memory')",
        _REFUSED_OR_KILLED,
        _BOMB,
    ),
)

FILES = (
    *(
        Abuse(
            f"fill {label}",
            f"folder = {folder}\nwritten = 0\ntry:\n"
            "    while written < 64:\n"
            "        with open(f'{folder}/{written}', 'wb') as file: file.write(b'x' * MIB)\n"
            "        written += 1\n"
            "except OSError as problem: print(written, 'MiB:', problem)\n"
            "else: time.sleep(3); unbounded('64 MiB of files where 8 are allowed')",
            _REFUSED_OR_KILLED,
        )
        for label, folder in (
            ("the temporary folder", "TMP"),
            ("the working folder", "os.getcwd()"),
        )
    ),
    Abuse(
        "fill the home",
        "written = 0\ntry:\n"
        "    with open(os.path.expanduser('~/big'), 'wb', 0) as file:\n"
        "        while written < 32: written += file.write(b'x' * MIB) // MIB\n"
        "except OSError as problem: print(written, 'MiB:', problem)\n"
        "else: time.sleep(3); unbounded('32 MiB of files where 16 are allowed')",
        _REFUSED_OR_KILLED,
    ),
    Abuse(
        "files without end",
        "try:\n    for number in range(1_000_000): open(f'{TMP}/{number}', 'wb').close()\n"
        "except OSError as problem: print(number, 'files:', problem)\n"
        "else: unbounded('1,000,000 files')",
        _REFUSED_OR_KILLED | _TIMEOUT,
        Limits(wall_s=1.0, memory_bytes=512 * MIB),
    ),
    Abuse(
        "a file without end",
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\nwritten = 0\ntry:\n"
        "    with open('big', 'wb', 0) as file:\n"
        "        while written < 4: written += file.write(b'x' * MIB) // MIB\n"
        "except OSError as problem: print(written, 'MiB:', problem)\n"
        "else: unbounded('a file of 4 MiB where 1 is allowed')",
        limits=Limits(file_bytes=1 * MIB),
    ),
    Abuse(
        "descriptors without end",
        "opened = 0\ntry:\n    while opened < 1000: os.dup(0); opened += 1\n"
        "except OSError as problem: print(opened, 'descriptors:', problem)\n"
        "else: unbounded('1,000 descriptors where 64 are allowed')",
        limits=Limits(open_files=64),
    ),
    Abuse(
        "output without end",
        "for _ in range(1000): os.write(1, b'x' * MIB)\nunbounded('1,000 MiB of output')",
        frozenset({Ended.OUTPUT}),
        Limits(wall_s=30.0, output_bytes=MIB),
    ),
    Abuse(
        "complaints without end",
        "for _ in range(1000): os.write(2, b'x' * MIB)\nunbounded('1,000 MiB of output')",
        frozenset({Ended.OUTPUT}),
        Limits(wall_s=30.0, output_bytes=MIB),
    ),
)

ABUSES = (*TIME, *PROCESSES, *MEMORY, *FILES)
