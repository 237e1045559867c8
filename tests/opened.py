"""A small project of Python, opened once for many edits, and judged with little patience."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from perfbot.optimizer.config import Options
from perfbot.optimizer.scratch import copy_tree
from perfbot.optimizer.session import Session, opened
from perfbot.sandbox.languages.python import locate

EXAMPLES = 60
EXPLORE_S = 0.2


@contextmanager
def opened_project(folder: Path, name: str, **files: str) -> Iterator[Session]:
    """The function `name` of the first of `files`, written into `folder`, ready to judge edits on.

    What the sandbox keeps is kept beside the project. A file's name has `_py` at its end.
    """
    root = folder / "project"
    root.mkdir()
    paths = [f"{stem.removesuffix('_py')}.py" for stem in files]
    for path, text in zip(paths, files.values(), strict=True):
        (root / path).write_text(text)
    target = locate(root, paths[0], name, import_root=".")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        options = Options(python=sys.executable, seed=1)
        with opened(target, lambda scratch: copy_tree(root, scratch), options) as session:
            quick = replace(session.settings, examples=EXAMPLES, explore_s=EXPLORE_S)
            session.baseline.settings = quick
            yield replace(session, settings=quick)
