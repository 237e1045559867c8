"""What projects' own tests use must work inside: compilers, sanitizers, debuggers, processes.

A tool that this machine has not got is skipped by name; continuous integration installs them all.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from perfbot.sandbox.isolate.process import Box, Ended, Finished, Limits, interpreter_mounts, run

PYTHON = Path(sys.executable)
# Sanitizers reserve terabytes of addresses and write large binaries; both are within the defaults.
LIMITS = Limits(wall_s=120, memory_bytes=1 << 30, file_bytes=256 << 20)

OVERFLOW = """
#include <stdlib.h>
int main(int argc, char **argv) {
    int *numbers = malloc(4 * sizeof(int));
    numbers[3 + argc] = 1;
    int result = numbers[0];
    free(numbers);
    return result == 12345;
}
"""
UNDEFINED = """
#include <limits.h>
int main(int argc, char **argv) { return INT_MAX + argc == 0; }
"""
LEAK = """
#include <stdlib.h>
char *volatile lost;
int main(void) { lost = malloc(1234); lost = 0; return 0; }
"""
RACE = """
#include <pthread.h>
int shared;
void *work(void *unused) { for (int i = 0; i < 1000; i++) shared++; return 0; }
int main(void) {
    pthread_t one, two;
    pthread_create(&one, 0, work, 0);
    pthread_create(&two, 0, work, 0);
    pthread_join(one, 0);
    pthread_join(two, 0);
    return 0;
}
"""
CRASH = """
#include <stdlib.h>
void deepest(int depth) { if (depth == 0) abort(); deepest(depth - 1); }
int main(void) { deepest(3); return 0; }
"""
CLEAN = """
#include <stdio.h>
#include <stdlib.h>
int main(void) { char *kept = malloc(1234); free(kept); puts("clean"); return 0; }
"""


def needs(*tools: str) -> pytest.MarkDecorator:
    """Skip where one of these programs is not installed in /usr, which is what is mounted."""
    absent = [tool for tool in tools if shutil.which(tool, path="/usr/bin") is None]
    return pytest.mark.skipif(bool(absent), reason=f"{', '.join(absent)} is not in /usr/bin")


def needs_module(name: str) -> pytest.MarkDecorator:
    """Skip where the interpreter that runs the tests has no such package of its own."""
    # Not what PYTHONPATH adds to it here: inside there is no PYTHONPATH.
    code = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({name!r}) is None)"
    absent = subprocess.run([PYTHON, "-I", "-c", code], check=False).returncode != 0
    return pytest.mark.skipif(absent, reason=f"{name} is not installed for {PYTHON}")


def shell(script: str, **files: str) -> Finished:
    """A shell script in /box, with `files` (name and C source) lying in /given."""
    given = tuple((f"/given/{name}.c", text.encode()) for name, text in files.items())
    finished = run(["sh", "-c", script], box=Box(files=given), limits=LIMITS)
    assert finished.ended is Ended.EXITED, finished
    return finished


def python(code: str, *, arguments: tuple[str, ...] = (), **files: str) -> str:
    """What the tests' own interpreter prints inside, running `code` as a file."""
    given = {"main": code, **files}
    box = Box(
        read_only=interpreter_mounts(PYTHON),
        files=tuple((f"/given/{name}.py", text.encode()) for name, text in given.items()),
    )
    command = [str(PYTHON), "-B", *(arguments or ("/given/main.py",))]
    finished = run(command, box=box, limits=LIMITS)
    assert (finished.ended, finished.returncode) == (Ended.EXITED, 0), finished
    return finished.stdout.decode()


def compiled(options: str, command: str, **files: str) -> Finished:
    """Compile each of `files` inside with `options`, then run `command`."""
    build = "".join(f"gcc -g {options} /given/{name}.c -o {name} && " for name in files)
    return shell(f"{build}{{ {command}; }}", **files)


@needs("gcc")
def test_a_compiler() -> None:
    """gcc compiles and links a program, which runs."""
    assert compiled("-O2", "./clean", clean=CLEAN).stdout == b"clean\n"


@needs("gcc")
@pytest.mark.parametrize(
    ("options", "source", "report"),
    [
        ("-fsanitize=address", OVERFLOW, b"heap-buffer-overflow"),
        ("-fsanitize=address", LEAK, b"LeakSanitizer: detected memory leaks"),
        ("-fsanitize=leak", LEAK, b"LeakSanitizer: detected memory leaks"),
        ("-fsanitize=undefined", UNDEFINED, b"signed integer overflow"),
        ("-fsanitize=address,undefined", OVERFLOW, b"heap-buffer-overflow"),
        ("-fsanitize=thread", RACE, b"ThreadSanitizer: data race"),
    ],
    ids=["address", "address-leak", "leak", "undefined", "address-undefined", "thread"],
)
def test_sanitizers_find_what_they_are_for(options: str, source: str, report: bytes) -> None:
    """A fault that was planted is reported."""
    assert report in compiled(options, "./planted", planted=source).stderr


@needs("gcc")
@pytest.mark.parametrize("kind", ["address", "leak", "undefined", "address,undefined", "thread"])
def test_sanitizers_pass_what_is_clean(kind: str) -> None:
    """A program without fault ends with 0 and no report, leak detection included."""
    finished = compiled(f"-fsanitize={kind}", "./clean", clean=CLEAN)
    assert (finished.returncode, finished.stdout, finished.stderr) == (0, b"clean\n", b"")


@needs("gcc", "valgrind")
def test_valgrind() -> None:
    """It finds a lost block, and none in a clean program."""
    check = "valgrind --leak-check=full --error-exitcode=3"
    assert (
        b"1,234 bytes in 1 blocks are definitely lost"
        in compiled("", f"{check} ./leak", leak=LEAK).stderr
    )
    clean = compiled("", f"{check} ./clean", clean=CLEAN)
    assert clean.returncode == 0 and b"ERROR SUMMARY: 0 errors" in clean.stderr


@needs("gcc", "gdb")
def test_gdb_prints_a_backtrace() -> None:
    """It starts a program, catches its abort and names the frames."""
    said = compiled("-O0", "gdb -batch -ex run -ex backtrace ./crash", crash=CRASH).stdout.decode()
    assert said.count("deepest (depth=") == 4
    assert "in main () at /given/crash.c" in said


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_multiprocessing(method: str) -> None:
    """Pools, queues, locks and shared memory work by each way of starting."""
    said = python(f"""
import multiprocessing
from multiprocessing import shared_memory
def square(number):
    return number * number
def fill(name, lock, queue):
    block = shared_memory.SharedMemory(name)
    with lock:
        block.buf[0] += 1
    block.close()
    queue.put("filled")
if __name__ == "__main__":
    context = multiprocessing.get_context({method!r})
    with context.Pool(2) as pool:
        print(pool.map(square, range(5)))
    block = shared_memory.SharedMemory(create=True, size=100)
    lock, queue = context.Lock(), context.Queue()
    processes = [context.Process(target=fill, args=(block.name, lock, queue)) for _ in range(2)]
    for process in processes: process.start()
    print([queue.get() for _ in processes])
    for process in processes: process.join()
    print(block.buf[0])
    block.close()
    block.unlink()
""")
    assert said == "[0, 1, 4, 9, 16]\n['filled', 'filled']\n2\n"


def test_concurrent_futures() -> None:
    """Executors of threads and of processes give their answers."""
    said = python("""
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
if __name__ == "__main__":
    for kind in (ThreadPoolExecutor, ProcessPoolExecutor):
        with kind(2) as executor:
            print(list(executor.map(abs, [-1, 2, -3])))
""")
    assert said == "[1, 2, 3]\n[1, 2, 3]\n"


def test_subprocess_and_asyncio() -> None:
    """Programs are started, piped and killed; asyncio serves TCP and a socket file of its own."""
    said = python("""
import asyncio, os, subprocess, sys
print(subprocess.run(["cat"], input="through cat", capture_output=True, text=True).stdout)
sleeper = subprocess.Popen(["sleep", "60"])
sleeper.terminate()
print(sleeper.wait())
async def answer(reader, writer):
    writer.write((await reader.readline()).upper())
    await writer.drain()
    writer.close()
async def ask(reader, writer):
    writer.write(b"hello\\n")
    print((await reader.readline()).decode().strip())
    writer.close()
async def main():
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    await ask(*await asyncio.open_connection(*server.sockets[0].getsockname()))
    server = await asyncio.start_unix_server(answer, "/tmp/socket")
    await ask(*await asyncio.open_unix_connection("/tmp/socket"))
    echo = await asyncio.create_subprocess_exec("echo", "x", stdout=asyncio.subprocess.PIPE)
    print((await echo.communicate())[0].decode().strip())
asyncio.run(main())
""")
    assert said == "through cat\n-15\nHELLO\nHELLO\nx\n"


@needs_module("xdist")
def test_pytest_xdist() -> None:
    """`pytest -n 2` runs tests in two processes, a failure among them."""
    tests = """
import os, pytest
@pytest.mark.parametrize("number", range(6))
def test_number(number, tmp_path):
    (tmp_path / "file").write_text(str(number))
    assert number != 4
"""
    run_pytest = """
import os, sys
os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
import pytest
sys.exit(0 if pytest.main(sys.argv[1:]) == 1 else 3)
"""
    options = ("-q", "-p", "xdist", "-n", "2", "-p", "no:cacheprovider", "/given/test_numbers.py")
    said = python("", arguments=("-c", run_pytest, *options), test_numbers=tests)
    assert "1 failed, 5 passed" in said


@needs_module("numpy")
def test_numpy_with_threads() -> None:
    """Linear algebra runs, also from several threads at once and in forks."""
    said = python("""
import multiprocessing
from concurrent.futures import ThreadPoolExecutor
import numpy
def residual(seed):
    draw = numpy.random.default_rng(seed)
    matrix = draw.random((120, 120)) + 120 * numpy.eye(120)
    right = draw.random(120)
    return bool(numpy.allclose(matrix @ numpy.linalg.solve(matrix, right), right))
if __name__ == "__main__":
    with ThreadPoolExecutor(4) as executor:
        print(all(executor.map(residual, range(12))))
    with multiprocessing.get_context("fork").Pool(2) as pool:
        print(all(pool.map(residual, range(4))))
""")
    assert said == "True\nTrue\n"
