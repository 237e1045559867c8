"""What files of tests share: versions loaded by the Python driver, and a lock of their own."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from perfbot.sandbox.project import Project
from perfbot.sandbox.worker import Zygote
from tests.driving import Version


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty project; each test's source travels over the wire."""
    return tmp_path_factory.mktemp("project")


@pytest.fixture(scope="module")
def zygote(root: Path) -> Iterator[Zygote]:
    """One sandbox for all tests of this file."""
    with Zygote(Project(root, Path(sys.executable))) as started:
        yield started


@pytest.fixture
def version(root: Path, zygote: Zygote) -> Iterator[Any]:
    """A function (source, qualname) -> Version."""
    made: list[Version] = []

    def load(source: str, qualname: str = "f") -> Version:
        made.append(Version(root, zygote, source, qualname))
        return made[-1]

    yield load
    for item in made:
        item.runner.close()


@pytest.fixture
def own_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for nobody's measurement."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
