"""The recipe of a commit: the options with which its edit can be judged again, by anyone."""

import base64
import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from perfbot.optimizer.config import Options
from perfbot.optimizer.config_file import checked
from perfbot.optimizer.git import git, git_paths
from perfbot.sandbox.errors import UsageError
from perfbot.sandbox.program_inputs import inputs_in, workload_of
from perfbot.sandbox.target import Target
from perfbot.sandbox.workload import WorkloadFile

PLAIN = (
    "tests", "build", "allow", "allow_slower_cases", "oracle_threshold", "alpha", "delta",
    "symbolic", "libfuzzer", "program", "within_examples",
)  # fmt: skip
WORKLOAD_BYTES = 64_000
"""A workload longer than this does not travel in the commit's message."""


def recipe_of(
    target: Target, options: Options, workload: WorkloadFile | None, *, base: str
) -> dict[str, object]:
    """The options that judging again needs, as plain data.

    A workload file that is not in the commit `base` travels in it, compressed: a fresh clone
    must be enough. Raises: UsageError when it is too large for that.
    """
    recipe: dict[str, object] = {name: getattr(options, name) for name in PLAIN}
    recipe["allow"] = list(options.allow)
    if workload is None:
        return recipe
    path, root = workload.path.resolve(), target.root.resolve()
    recipe["workload_sha256"] = workload.sha256
    relative = path.relative_to(root).as_posix() if path.is_relative_to(root) else None
    if path.is_dir():
        if relative is not None and all_committed(root, base, path) and options.inputs:
            recipe["inputs"] = relative
            return recipe
        relative = None
    if relative is not None and committed(root, base, relative) == workload.source.encode():
        recipe["workload"] = relative
        return recipe
    packed = base64.b85encode(zlib.compress(workload.source.encode(), 9)).decode()
    if len(packed) > WORKLOAD_BYTES:
        raise UsageError(
            f"the workload {workload.path} is too large to travel with the commit",
            f"commit it to the repository, as perfbot_workloads/{path.name}",
        )
    recipe["workload_packed"] = packed
    return recipe


def all_committed(repo: Path, base: str, folder: Path) -> bool:
    """Whether every file right in a folder is in the commit `base` as it is on disk."""
    files = [path for path in folder.iterdir() if path.is_file()]
    names = [path.relative_to(repo.resolve()).as_posix() for path in files]
    pairs = zip(files, names, strict=True)
    return all(committed(repo, base, name) == path.read_bytes() for path, name in pairs)


def committed(repo: Path, base: str, path: str) -> bytes | None:
    """A file's content in the commit `base`, or None where it is not in it."""
    if not git_paths(repo, "ls-tree", "--full-tree", "-z", "--name-only", base, "--", path):
        return None
    return git(repo, "cat-file", "--filters", f"{base}:{path}")


def options_of(recipe: Mapping[str, Any], given: Options, root: Path, scratch: Path) -> Options:
    """The options of a recipe; interpreter, output and seed are those given now.

    `root` is the tree the commit starts from; a packed workload is unpacked into `scratch`.
    Raises: UsageError when the recipe is not one, or its workload was changed.
    """
    values = {name: recipe[name] for name in PLAIN if name in recipe}
    try:
        values = {name: getattr(checked(values), name) for name in values}
    except UsageError as error:
        raise UsageError(f"the commit's Perfbot-Options are wrong: {error.happened}") from error
    workload, inputs = given.workload, given.inputs
    if workload is None and inputs is None and "inputs" in recipe:
        inputs = root / str(recipe["inputs"])
        if not inputs.resolve().is_relative_to(root.resolve()) or not inputs.is_dir():
            raise UsageError(f"the commit's inputs {recipe['inputs']} are not in its tree")
    elif workload is None and "workload_packed" in recipe:
        workload = scratch / "workload.py"
        workload.write_bytes(unpacked(str(recipe["workload_packed"])))
    elif workload is None and "workload" in recipe:
        workload = root / str(recipe["workload"])
        if not workload.resolve().is_relative_to(root.resolve()) or not workload.is_file():
            raise UsageError(f"the commit's workload {recipe['workload']} is not in its tree")
    wanted = recipe.get("workload_sha256")
    used = workload or inputs
    if used is not None and wanted is not None:
        found = sha256_of(used)
        if found != wanted:
            raise UsageError(f"the workload {used} is not the one the commit was judged with")
    return replace(given, workload=workload, inputs=inputs, **values)


def sha256_of(used: Path) -> str:
    """The digest of a workload file, or of the workload that a folder of inputs makes."""
    if used.is_dir():
        return workload_of(used, inputs_in(used, "")).sha256
    return hashlib.sha256(used.read_bytes()).hexdigest()


def unpacked(text: str) -> bytes:
    """A packed workload. Raises: UsageError when it is damaged."""
    try:
        opener = zlib.decompressobj()
        return opener.decompress(base64.b85decode(text), 10_000_000)
    except (ValueError, zlib.error) as error:
        raise UsageError("the commit's Perfbot-Options hold a damaged workload") from error
