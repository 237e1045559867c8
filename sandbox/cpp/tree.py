"""A project as its build leaves it: built once in the sandbox, then kept by content.

Its files keep their times, so that a build with one edited file compiles that file alone.
"""

import io
import os
import shlex
import tarfile
import tempfile
import threading
from pathlib import Path

from perfbot.sandbox.cpp import store
from perfbot.sandbox.cpp.capture import (
    BUILT_IN,
    SHIM,
    SHIM_AT,
    SHIMS_AT,
    Entry,
    calls_from,
    compiler_names,
    entries_of,
    real_compiler,
    shims_script,
)
from perfbot.sandbox.cpp.extension import is_extension, weakened
from perfbot.sandbox.cpp.inside import run_script, why
from perfbot.sandbox.cpp.unpacking import unpack
from perfbot.sandbox.errors import BaselineError, MachineError
from perfbot.sandbox.host import available_cores
from perfbot.sandbox.interpreter import ask
from perfbot.sandbox.isolate.box import PATH
from perfbot.sandbox.isolate.choice import backend
from perfbot.sandbox.isolate.limits import MIB, Limits
from perfbot.sandbox.isolate.process import Box, interpreter_mounts, new_root
from perfbot.sandbox.project import Project
from perfbot.sandbox.worker import PROJECT_AT

BUILD_S = 1800.0
"""How long a project's whole build may take, in seconds of wall time."""
BUILD_LIMITS = Limits(
    wall_s=BUILD_S, memory_bytes=8192 * MIB, processes=512, file_bytes=2048 * MIB, output_bytes=None
)
LANDLOCK = "landlock"
"""The backend that refuses `chmod`: the kernel's Landlock does not say of which files."""
OWN = ".perfbot"
"""The folder in a kept tree that holds what was seen of its build."""
CALLS, REST = f"{OWN}/calls", f"{OWN}/rest.a"
_building = threading.Lock()


def built_tree(project: Project, build: str, entries: tuple[Entry, ...] = ()) -> Path:
    """The folder with the project and what `build` makes of it, and `REST` of all its objects.

    What `entries` name besides is compiled into `REST` too; what does not compile is left out.

    Raises: BaselineError when the build fails, MachineError when no sandbox works here, or one in
    which nothing can be built.
    """
    if backend().name == LANDLOCK:
        raise MachineError(
            "under Landlock nothing can be made executable, so C and C++ cannot be built there",
            "run `perfbot doctor`, which says what bubblewrap lacks, or take --sandbox podman",
        )
    compilers = tuple(real_compiler(name) for name in compiler_names())
    key = store.key_of(
        "tree", build, store.tree_digest(project.root, everything=True), compilers, entries,
        str(project.python),
    )  # fmt: skip
    folder = store.kind_folder("trees") / key
    with _building:
        if not (folder / OWN).is_dir():
            made = _build(project, build, folder.parent)
            _archive(project, made, entries)
            store.place(made, folder)
    os.utime(folder)
    return folder


def copy_script(root: str) -> str:
    """Shell commands that copy `PROJECT_AT` here, with the times that builds go by."""
    # Each item by itself: /box is not the payload's, so its own time cannot be set.
    items = f"find {root}{PROJECT_AT}/ -mindepth 1 -maxdepth 1"
    return f"{items} -exec cp -R --preserve=timestamps -t . {{}} +"


def build_box(project: Project, tree: Path, root: str, files: tuple[tuple[str, bytes], ...]) -> Box:
    """Where builds and tests run: `tree` at `PROJECT_AT`, to be copied to /box; the shim's text."""
    interpreter = ask(project.python).python.parent
    roots = [f"{root}{BUILT_IN}/{item}".removesuffix("/.") for item in project.import_roots]
    return Box(
        root=root,
        read_only=(*interpreter_mounts(project.python), (tree, root + PROJECT_AT)),
        files=((root + SHIM_AT, SHIM), *files),
        env=(
            ("PATH", f"{interpreter}:{PATH}"),
            ("PYTHONDONTWRITEBYTECODE", "1"),
            ("PYTHONPATH", ":".join(roots)),
        ),
        cwd=f"{root}{BUILT_IN}",
        box_bytes=4096 * MIB,
        tmp_bytes=4096 * MIB,
    )


def entries_in(tree: Path) -> list[Entry]:
    """How the build of a kept tree compiled each file that is still there."""
    found: dict[str, Entry] = {}
    for call in calls_from((tree / CALLS).read_bytes()):
        for entry in entries_of(call):
            if (tree / entry.source).is_file():
                found.setdefault(entry.source, entry)
    return list(found.values())


def _build(project: Project, build: str, beside: Path) -> Path:
    """Build in the sandbox; the project with all that was made, in a new folder."""
    root = new_root()
    box = build_box(project, project.root, root, ())
    packed, calls = f"{root}/tmp/perfbot-tree.tar", f"{root}/tmp/perfbot-calls"
    script = (
        f"{shims_script(root)}; {copy_script(root)} && ( {build or 'true'} ) && "
        f"{{ cat {root}{SHIMS_AT}/calls/* >{calls} 2>/dev/null || : >{calls}; }} && "
        f"tar --format=posix -cf {packed} ."
    )
    ran = run_script(script, (packed, calls), box, BUILD_LIMITS)
    if not ran.ok:
        raise BaselineError(
            f"the project does not build ({build}): {why(ran, 'the build', BUILD_LIMITS)}",
            "mend it, or say how it is built with --build CMD",
        )
    made = Path(tempfile.mkdtemp(dir=beside))
    made.chmod(0o755)  # read by the sandbox's user
    with tarfile.open(fileobj=io.BytesIO(ran.files[0])) as archive:
        unpack(archive, made)
    (made / OWN).mkdir(exist_ok=True)
    (made / CALLS).write_bytes(ran.files[1].replace(root.encode(), b"") if root else ran.files[1])
    return made


def _archive(project: Project, tree: Path, others: tuple[Entry, ...]) -> None:
    """Put all objects of the project into `REST`: those made, and those that must be made yet."""
    made: list[str] = []
    missing: list[Entry] = []
    entries = (*entries_in(tree), *others)
    for entry in entries:
        if entry.made is not None and (tree / entry.made).is_file():
            made.append(entry.made)
        else:
            missing.append(entry)
    if not made and not missing:
        return
    root = new_root()
    scripts = []
    for number, entry in enumerate(missing):
        compiler = real_compiler(entry.compiler)
        if compiler is None:
            continue
        source, to = f"{root}{PROJECT_AT}/{entry.source}", f"{root}/box/{number}.o"
        flags = [word.replace(PROJECT_AT, root + PROJECT_AT) for word in entry.flags]
        words = [compiler, *flags, "-fPIC", "-fno-lto", "-w", "-c", source, "-o", to]
        folder = entry.folder if (tree / entry.folder).is_dir() else "."
        text = f"cd {shlex.quote(f'{root}{PROJECT_AT}/{folder}')} && {shlex.join(words)}\n"
        scripts.append((f"{root}/perfbot/rest/{number}.sh", text.encode()))
    names = "".join(f"{root}{PROJECT_AT}/{name}\n" for name in dict.fromkeys(made)).encode()
    listing = f"{root}/perfbot/made"
    box = Box(
        root=root,
        read_only=(*interpreter_mounts(project.python), (tree, root + PROJECT_AT)),
        files=(*scripts, (listing, names)),
        cwd=f"{root}/box",
        box_bytes=2048 * MIB,
        tmp_bytes=1024 * MIB,
    )
    jobs = len(available_cores())
    archive = f"{root}/box/rest.a"
    weaken = ""
    if any(is_extension(entry.flags) for entry in entries):
        weaken = f" && if [ -f {archive} ]; then {shlex.join(weakened(archive))}; fi"
    compile_missing = f"ls {root}/perfbot/rest/*.sh | xargs -n 1 -P {jobs} sh; " if scripts else ""
    ran = run_script(
        f"{compile_missing}ls {root}/box/*.o >{root}/tmp/new 2>/dev/null; "
        f"cat {listing} {root}/tmp/new | tr '\\n' '\\0' | xargs -0 -r ar qcs {archive}{weaken}",
        (archive,),
        box,
        BUILD_LIMITS,
    )
    if not ran.ok:
        raise BaselineError(
            f"the project's objects make no archive: {why(ran, 'ar', BUILD_LIMITS)}",
            "say how it is built with --build CMD",
        )
    if ran.files[0]:
        (tree / REST).write_bytes(ran.files[0])
