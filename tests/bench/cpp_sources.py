"""Releases of C and C++ projects: sdists of PyPI by pip, source packages of Debian by apt.

Each is fetched once into the user's cache folder. apt gets a configuration of its own there, as
most machines have no `deb-src` lines, and those that have them are not to be changed.
"""

import subprocess
from pathlib import Path

from demo import download, unpack

from perfbot.sandbox.host import cache_folder

MIRROR = "http://deb.debian.org/debian"
SUITE = "bookworm"
KEYS = "/usr/share/keyrings/debian-archive-keyring.gpg"


def fetched(source: str, project: Path) -> Path:
    """The release `pypi:NAME==VERSION` or `debian:NAME=VERSION`, unpacked afresh at `project`.

    Raises:
        CalledProcessError: pip or apt could not fetch it; what they say is printed.
    """
    origin, _, release = source.partition(":")
    folder = cache_folder() / "bench" / release
    if origin == "pypi":
        return unpack(download(release, folder), project)
    return unpack(_debian(release, folder), project)


def missing(packages: tuple[str, ...]) -> list[str]:
    """Which of Debian's packages are not installed here."""
    asked = ["dpkg-query", "--show", "--showformat=${db:Status-Status}"]
    found = []
    for name in packages:
        said = subprocess.run([*asked, name], capture_output=True, text=True)
        if said.stdout != "installed":
            found.append(name)
    return found


def _debian(release: str, folder: Path) -> Path:
    """The upstream archive of a source package, without Debian's patches."""
    if not any(folder.glob("*.orig.tar.*")):
        apt = ["apt-get", "--quiet", *_configuration()]
        subprocess.run([*apt, "update"], check=True, stdout=subprocess.DEVNULL)
        folder.mkdir(parents=True, exist_ok=True)
        fetch = [*apt, "source", "--download-only", release]
        subprocess.run(fetch, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return next(folder.glob("*.orig.tar.[gx]z"))


def _configuration() -> list[str]:
    """Options by which apt works in the cache folder, with a `deb-src` line of our own."""
    own = cache_folder() / "bench" / "apt"
    for name in ("lists/partial", "cache/archives/partial"):
        (own / name).mkdir(parents=True, exist_ok=True)
    sources = own / "sources.list"
    sources.write_text(f"deb-src [signed-by={KEYS}] {MIRROR} {SUITE} main\n")
    values = {
        "Dir::Etc::SourceList": sources,
        "Dir::Etc::SourceParts": "-",
        "Dir::State::Lists": own / "lists",
        "Dir::Cache": own / "cache",
        "APT::Sandbox::User": "root",  # the folder is this user's alone
    }
    return [f"--option={name}={value}" for name, value in values.items()]
