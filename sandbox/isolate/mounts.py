"""What a container is shown of the host: read-only, and where on the host it comes from."""

import os
from pathlib import Path

from perfbot.sandbox.errors import MachineError
from perfbot.sandbox.isolate import carry, container_init
from perfbot.sandbox.isolate.system import FILES, LINKS, is_private, made_files


class Mounts:
    """What is mounted read-only: host path by path inside, and what must be made for it first."""

    def __init__(self, folder: str, *, as_nobody: bool) -> None:
        self._folder = folder
        self._as_nobody = as_nobody
        self._sources: dict[str, str] = {container_init.FOLDER: f"{folder}/{carry.SHARED}"}
        self.files: list[tuple[str, str]] = []
        """(path in the private folder, content in hexadecimal)."""
        self.stages: list[tuple[str, str]] = []
        """(path in the private folder, the host folder whose names it shall have)."""

    def add_system(self, user: int) -> None:
        """What each sandbox shows of the host."""
        for path in ("/usr", *LINKS, *FILES):
            if os.path.exists(path):
                self.add(Path(path), path)
        for inside, content in made_files(user).items():
            self.add_file(inside, content)
        for inside in ("/etc/hostname", "/etc/resolv.conf"):  # else the host's, writable for root
            self.add_file(inside, b"")

    def add(self, source: Path, inside: str) -> None:
        """Show a file or folder, with all that is mounted below it, which stays writable else."""
        if not source.exists():
            raise MachineError(f"The sandbox could not be set up: there is no {source}.")
        if self._as_nobody and is_private(source):
            name = f"stage-{len(self.stages)}"
            self.stages.append((name, str(source)))
            self._sources[inside] = f"{self._folder}/{name}"
            for child in source.iterdir():
                if not child.is_symlink():
                    self._sources[f"{inside}/{child.name}"] = str(child)
        else:
            self._sources[inside] = str(source)
        for below in mounted_below(str(source.resolve())):
            self._sources[inside + below[len(str(source.resolve())) :]] = below

    def add_file(self, inside: str, content: bytes) -> None:
        """Show `content`."""
        name = f"file-{len(self.files)}"
        self.files.append((name, content.hex()))
        self._sources[inside] = f"{self._folder}/{name}"

    def options(self) -> list[str]:
        """
        The client's options, outer folders first.

        Raises: MachineError where a path has a character that cannot be said.
        """
        options = []
        for inside, source in sorted(self._sources.items(), key=lambda item: item[0].count("/")):
            if any(character in source + inside for character in ',"\n'):
                raise MachineError(
                    f"A container cannot be shown {source}: there is a comma or a quote in it.",
                    "Use another path, or another sandbox.",
                )
            options += ["--mount", f"type=bind,src={source},dst={inside},readonly"]
        return options


def mounted_below(folder: str) -> list[str]:
    """What is mounted below a folder. Source: proc(5), mountinfo; odd characters in octal."""
    with open("/proc/self/mountinfo", "rb") as file:
        points = [line.split()[4].decode("unicode_escape") for line in file]
    return sorted({point for point in points if point.startswith(folder.rstrip("/") + "/")})
