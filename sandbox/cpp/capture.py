"""How a build calls its compilers, found out by standing in their place.

A shim for each compiler is first on PATH: it writes down its command line and becomes the real
compiler. It adds `-fPIC`, so that the build's own objects can go into a shared library.
"""

import os
import re
import shlex
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from perfbot.sandbox.isolate.box import PATH
from perfbot.sandbox.worker import PROJECT_AT

SHIMS_AT = "/tmp/perfbot-shims"
SHIM_AT = "/perfbot/shim"
SHIM = rb"""#!/bin/sh
name=${0##*/}
printf '%s\0' "$#" "$PWD" "$name" "$@" >> "${0%/*}/calls/$$"
for folder in /usr/local/bin /usr/bin /bin; do
    [ -x "$folder/$name" ] && break
done
case " $* " in
    *" -c "*) exec "$folder/$name" "$@" -fPIC -fno-lto ;;
    *) exec "$folder/$name" "$@" ;;
esac
"""
BUILT_IN = "/box"
"""Where builds run inside."""
SOURCES = frozenset({".c", ".cc", ".cpp", ".cxx", ".c++", ".C", ".cu"})
_COMPILERS = re.compile(r"([\w.]+-)*(gcc|g\+\+|cc|c\+\+|clang|clang\+\+)(-[\d.]+)?")
_JOINED = ("-I", "-D", "-U", "-L", "-l", "-isystem", "-iquote", "-idirafter")
"""Options whose value may be a word of its own, or not."""
_PATHS = ("-I", "-L", "-isystem", "-iquote", "-idirafter")
_APART = ("-include", "-imacros", "--param", "-Xpreprocessor", "-Xclang", "-Xassembler", "-arch")
_UNUSED_VALUE = ("-o", "-MF", "-MT", "-MQ", "-x", "-Xlinker", "-z", "-T", "-u", "-framework")
_DEPENDENCIES = re.compile(r"-M(D|MD|P|G|F.+|T.+|Q.+)")
_NO_CODE = frozenset({"-E", "-S", "-M", "-MM", "-fsyntax-only", "--version", "-v", "-###"})


@dataclass(frozen=True, slots=True)
class Call:
    """One command line of a compiler, as it was given."""

    folder: str
    """Where it ran, inside."""
    compiler: str
    """The name or path it was called by."""
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """How one source becomes an object. Paths are relative to the project, or absolute inside."""

    source: str
    compiler: str
    flags: tuple[str, ...]
    folder: str
    made: str | None
    """The object that the build has made, relative to the project."""


def compiler_names() -> list[str]:
    """The names of compilers that the sandbox finds."""
    found = {
        name
        for folder in PATH.split(":")
        if os.path.isdir(folder)
        for name in os.listdir(folder)
        if _COMPILERS.fullmatch(name)
    }
    return sorted(found)


def shims_script(root: str) -> str:
    """Shell commands that put the shims first on PATH; `SHIM` lies at `root` + `SHIM_AT`."""
    folder = root + SHIMS_AT
    names = " ".join(compiler_names())
    return (
        f"mkdir -p {folder}/calls && for name in {names}; do "
        f"cp {root}{SHIM_AT} {folder}/$name && chmod 755 {folder}/$name; done; "
        f"export PATH={folder}:$PATH"
    )


def calls_from(data: bytes) -> Iterator[Call]:
    """The calls that the shims wrote down; what is cut off at the end is passed over."""
    words = iter([word.decode(errors="surrogateescape") for word in data.split(b"\0")])
    for count in words:
        if not count.isdigit():
            return
        row = [word for _, word in zip(range(int(count) + 2), words, strict=False)]
        if len(row) == int(count) + 2:
            yield Call(row[0], row[1], tuple(row[2:]))


def entries_of(call: Call, base: str = BUILT_IN) -> Iterator[Entry]:
    """What `call` compiles; nothing for a mere link. The project lay at `base` when it ran."""
    if _NO_CODE & set(call.words):
        return
    sources: list[str] = []
    flags: list[str] = []
    made = None
    words = iter(call.words)
    for word in words:
        if word in _UNUSED_VALUE:
            value = next(words, "")
            made = value if word == "-o" else made
        elif word in _JOINED:
            flags.append(_flag(word + next(words, ""), call.folder, base))
        elif word in _APART:
            value = next(words, "")
            is_path = word in ("-include", "-imacros") and not value.startswith("/")
            beside = Path(call.folder, value) if is_path else None
            flags += [word, _inside(str(beside), base) if beside else value]
        elif word.startswith("-"):
            if not _DEPENDENCIES.fullmatch(word):
                flags.append(_flag(word, call.folder, base))
        elif PurePosixPath(word).suffix in SOURCES:
            sources.append(word)
    kept = tuple(flag for flag in flags if not flag.startswith(("-l", "-L", "-Wl,")))
    for source in sources:
        path = _relative(os.path.join(call.folder, source), base)
        if path is None:
            continue
        object_path = made if "-c" in call.words else None
        if "-c" in call.words and made is None:
            object_path = PurePosixPath(source).stem + ".o"
        where = None if object_path is None else os.path.join(call.folder, object_path)
        yield Entry(
            path,
            call.compiler,
            tuple(flag for flag in kept if flag != "-c"),
            _relative(call.folder, base) or ".",
            None if where is None else _relative(where, base),
        )


def libraries_of(call: Call, base: str = BUILT_IN) -> Iterator[str]:
    """What a link takes from outside the project: `-lm`, `-L/opt/x`, `/usr/lib/libz.so`."""
    if "-c" in call.words or _NO_CODE & set(call.words):
        return
    words = iter(call.words)
    for word in words:
        full = word + next(words, "") if word in ("-l", "-L") else word
        outside = _relative(os.path.join(call.folder, full.removeprefix("-L")), base) is None
        is_named = full.startswith("-l") or full == "-pthread"
        is_placed = full.startswith("-L") or re.fullmatch(r"/.*\.(a|so)(\.[\d.]+)?", full)
        if is_named or (is_placed and outside):
            yield full


def real_compiler(name: str) -> str | None:
    """The path of what the sandbox runs for `name`, or None."""
    return shutil.which(os.path.basename(name), path=PATH) or shutil.which(name)


def _flag(word: str, folder: str, base: str) -> str:
    """A flag with its path made absolute, and the project at its place inside."""
    for option in _PATHS:
        if word.startswith(option):
            return option + _inside(os.path.join(folder, word[len(option) :]), base)
    if word.startswith("-D"):
        return re.sub(rf"{re.escape(base)}(?=/|\"|$)", PROJECT_AT, word)
    return word


def _inside(path: str, base: str) -> str:
    found = _relative(path, base)
    if found is None:
        return os.path.normpath(path)
    return PROJECT_AT if found == "." else f"{PROJECT_AT}/{found}"


def _relative(path: str, base: str) -> str | None:
    """`path` relative to the project, or None when it lies elsewhere."""
    normal = os.path.normpath(path)
    if normal == base:
        return "."
    return normal[len(base) + 1 :] if normal.startswith(base + "/") else None


def split_commands(rows: Sequence[object], base: str) -> list[Call]:
    """The rows of a compile_commands.json as calls. Source: clang's JSON Compilation Database."""
    found = []
    for row in rows:
        if not isinstance(row, dict) or not isinstance(row.get("directory"), str):
            continue
        words = row.get("arguments")
        if not isinstance(words, list):
            words = shlex.split(str(row.get("command", "")))
        if len(words) > 1 and all(isinstance(word, str) for word in words):
            folder = os.path.join(base, row["directory"])
            found.append(Call(folder, words[0], tuple(words[1:])))
    return found
