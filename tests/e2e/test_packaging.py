"""The package as it is laid out, built and installed."""

import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("agents", "corpora", "optimizer", "sandbox")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def normalised(requirement: str) -> str:
    """The bare project name of a requirement, as package indexes compare them."""
    name = re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An sdist and the wheel built from that sdist, as `make wheel` builds them."""
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return out


@pytest.mark.parametrize("package", PACKAGES)
def test_each_package_is_a_relative_link_to_its_folder(package: str) -> None:
    """A relative link works in every clone; an absolute one would only work here."""
    link = ROOT / "src" / "perfbot" / package
    assert link.is_symlink()
    assert not link.readlink().is_absolute()
    assert link.resolve() == ROOT / package


def test_git_keeps_the_links_as_links() -> None:
    """A link that git stores as a file would break every clone (mode 120000 is a link)."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listing = subprocess.check_output(["git", "ls-files", "-s", "src/perfbot"], cwd=ROOT, text=True)
    links = {line.rpartition("/")[2] for line in listing.splitlines() if line.startswith("120000")}
    assert links == set(PACKAGES)


def test_the_sdist_names_every_link() -> None:
    """Hatchling drops a linked folder that `only-include` does not name."""
    named = PYPROJECT["tool"]["hatch"]["build"]["targets"]["sdist"]["only-include"]
    assert {f"src/perfbot/{package}" for package in PACKAGES} <= set(named)


def test_the_wheel_holds_every_source_file_as_a_file(dist: Path) -> None:
    """What is in the four folders is in the wheel, nothing else is, and no entry is a link."""
    (path,) = dist.glob("*.whl")
    with zipfile.ZipFile(path) as wheel:
        entries = wheel.infolist()
    names = {entry.filename for entry in entries if not re.match(r"perfbot-[^/]+/", entry.filename)}
    expected = {"perfbot/__init__.py", "perfbot/py.typed"} | {
        f"perfbot/{file.relative_to(ROOT)}"
        for package in PACKAGES
        for file in (ROOT / package).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    assert names == expected
    assert not [e.filename for e in entries if (e.external_attr >> 16) & 0o170000 == 0o120000]


def test_the_wheel_declares_what_a_user_needs(dist: Path) -> None:
    """The wheel carries the command, the license and the least Python."""
    (path,) = dist.glob("*.whl")
    with zipfile.ZipFile(path) as wheel:
        info = {name.partition("/")[2]: name for name in wheel.namelist() if ".dist-info/" in name}
        metadata = wheel.read(info["METADATA"]).decode()
        commands = wheel.read(info["entry_points.txt"]).decode()
        license_text = wheel.read(info["licenses/LICENSE"]).decode()
    assert "perfbot = perfbot.optimizer.cli:main" in commands
    assert "Apache License" in license_text
    assert "License-Expression: Apache-2.0" in metadata
    assert "Requires-Python: >=3.11" in metadata


def test_the_sdist_holds_real_files_and_the_tests(dist: Path) -> None:
    """An unpacked sdist has the four packages as folders, without what git ignores."""
    (path,) = dist.glob("*.tar.gz")
    with tarfile.open(path) as sdist:
        members = sdist.getmembers()
    names = {member.name.partition("/")[2] for member in members}
    assert {f"src/perfbot/{package}/__init__.py" for package in PACKAGES} <= names
    assert "tests/e2e/test_packaging.py" in names
    linked = [m.name for m in members if m.issym() and "/src/" in m.name]
    assert not linked
    assert not [name for name in names if "__pycache__" in name or name.startswith(".venv")]


def test_every_constraint_is_one_exact_version() -> None:
    """constraints.txt has exact versions and no addresses, so that any index can serve it."""
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert pins
    odd = [pin for pin in pins if not re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.!+]*", pin)]
    assert not odd
    assert not {normalised(pin) for pin in pins} & {"perfbot", "pip", "setuptools"}


def test_every_dependency_is_constrained() -> None:
    """A dependency without a pin would change under people's feet (`gpu` needs a GPU: not here)."""
    project = PYPROJECT["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["test"]
    pinned = {
        normalised(line)
        for line in (ROOT / "constraints.txt").read_text().splitlines()
        if not line.startswith("#")
    }
    assert {normalised(requirement) for requirement in wanted} <= pinned
