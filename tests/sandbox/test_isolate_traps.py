"""The ways in which a sandbox made of bubblewrap looks shut and is not, each with its test.

 1. bubblewrap run by root maps a uid and leaves the payload kernel root, who may write
    /proc/sys/kernel/core_pattern: test_isolate_escape.test_the_kernel_never_sees_root,
    test_isolate_traps.test_no_kernel_option_is_writable
 2. Kernel uid 0 is exempt from RLIMIT_NPROC, however it is mapped:
    test_isolate_traps.test_processes_are_limited_without_a_cgroup
 3. --clearenv leaves the caller's environment in /proc/1/environ:
    test_isolate_escape.test_no_environment_of_the_host
 4. --tmp-overlay has no size: test_isolate_limits.test_sized_folders,
    test_isolate_traps.test_every_writable_folder_has_a_size
 5. --dev is a writable folder in memory without a size:
    test_isolate_traps.test_nothing_in_dev_is_writable_but_devices
 6. Folders that bubblewrap makes on the way to a mount are 0700:
    test_isolate_escape.test_read_only_mounts_and_files
 7. --die-with-parent fires when the starting thread ends:
    test_isolate_limits.test_it_outlives_the_thread_that_asked
 8. RLIMIT_NPROC set before bubblewrap starts breaks bubblewrap:
    test_isolate_traps.test_a_low_process_limit_does_not_stop_the_start
 9. A filter that refuses ptrace or mknod breaks LeakSanitizer, gdb and valgrind:
    test_isolate_tools.test_sanitizers_find_what_they_are_for,
    test_isolate_tools.test_gdb_prints_a_backtrace, test_isolate_tools.test_valgrind,
    test_isolate_seccomp.test_ordinary_calls_pass
10. A network namespace does not isolate AF_VSOCK:
    test_isolate_traps.test_no_vsock, test_isolate_seccomp.test_arguments_decide
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from perfbot.sandbox.isolate import memory
from perfbot.sandbox.isolate.process import Box, Ended, Limits, interpreter_mounts, run

HERE = Path(__file__).parent
PYTHON = Path(sys.executable)
BOX = Box(read_only=interpreter_mounts(PYTHON))
LIMITS = Limits(wall_s=20)
TRAPS = 10


def python(code: str, limits: Limits = LIMITS) -> str:
    """What Python code prints in the sandbox; it must end by itself, with 0."""
    finished = run([str(PYTHON), "-I", "-S", "-c", code], box=BOX, limits=limits)
    assert (finished.ended, finished.returncode) == (Ended.EXITED, 0), finished
    return finished.stdout.decode()


def test_every_trap_has_a_test() -> None:
    """Each trap of the list above names tests that exist."""
    traps = re.split(r"^ ?\d+\. ", __doc__ or "", flags=re.MULTILINE)[1:]
    assert len(traps) == TRAPS
    for trap in traps:
        named = re.findall(r"(test_isolate_\w+)\.(test_\w+)", trap)
        assert named, trap
        for module, test in named:
            assert f"\ndef {test}(" in (HERE / f"{module}.py").read_text(), (module, test)


def test_no_kernel_option_is_writable() -> None:
    """Trap 1: no file below /proc/sys can be opened for writing."""
    said = python(
        "import os\n"
        "seen = 0\n"
        "for folder, _, names in os.walk('/proc/sys'):\n"
        "    for name in names:\n"
        "        seen += 1\n"
        "        try: os.close(os.open(f'{folder}/{name}', os.O_WRONLY))\n"
        "        except OSError: continue\n"
        "        print('writable:', folder, name)\n"
        "print(seen > 100)"
    )
    assert said == "True\n"


def test_processes_are_limited_without_a_cgroup(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trap 2: RLIMIT_NPROC alone stops a fork bomb, also when root runs perfbot."""
    # As on a machine whose cgroups are not ours to write.
    monkeypatch.setattr(memory, "_CGROUP_ROOT", tmp_path)
    assert memory.accounting() == "watchdog"
    said = python(
        "import os, time\nstarted = 0\ntry:\n"
        "    while started < 600:\n"
        "        if os.fork() == 0: time.sleep(60)\n"
        "        started += 1\n"
        "except OSError: pass\nprint(started)",
        # Enough for the tests beside this one: as root, the kernel counts all sandboxes together.
        Limits(wall_s=20, processes=200),
    )
    assert int(said) < 200


def test_every_writable_folder_has_a_size() -> None:
    """Trap 4: what can be written lies in memory that was given a size, and there is no other."""
    said = python(
        "import os\n"
        "for line in open('/proc/self/mounts'):\n"
        "    _, folder, kind, options, *_ = line.split()\n"
        "    if 'ro' in options.split(',') or kind in ('proc', 'devpts', 'mqueue'): continue\n"
        "    if not os.path.isdir(folder): continue\n"  # a device
        "    sized = any(option.startswith('size=') for option in options.split(','))\n"
        "    print(folder, kind, sized)"
    )
    assert sorted(said.split("\n")[:-1]) == [
        f"{folder} tmpfs True" for folder in ("/box", "/dev/shm", "/home/u", "/tmp")
    ]


def test_nothing_in_dev_is_writable_but_devices() -> None:
    """Trap 5: no file can be made in /dev or a folder of it, but in the sized /dev/shm."""
    said = python(
        "import os\n"
        "for folder, _, _ in os.walk('/dev'):\n"
        "    try: os.close(os.open(folder + '/made', os.O_CREAT | os.O_WRONLY))\n"
        "    except OSError: continue\n"
        "    print(folder)"
    )
    assert said == "/dev/shm\n"


@pytest.fixture
def crowd() -> Iterator[int]:
    """Sixty processes of the user who runs the tests; their number."""
    started = [subprocess.Popen(["sleep", "60"]) for _ in range(60)]
    yield len(started)
    for process in started:
        process.kill()
        process.wait()


def test_a_low_process_limit_does_not_stop_the_start(crowd: int) -> None:
    """Trap 8: the sandbox starts though its user runs more processes than it may have itself."""
    said = python(
        "import os\nfor _ in range(5): os.waitpid(os.fork() or os._exit(0), 0)\nprint('started')",
        Limits(wall_s=20, processes=crowd - 30),
    )
    assert said == "started\n"


def test_no_vsock() -> None:
    """Trap 10: the socket family is refused as one that does not exist."""
    said = python(
        "import errno, socket\n"
        "try: socket.socket(40, 1)\n"
        "except OSError as problem: print(errno.errorcode[problem.errno])"
    )
    assert said == "EAFNOSUPPORT\n"
