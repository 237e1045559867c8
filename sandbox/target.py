"""A Target: one function in one file of a project."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Target:
    """A function in a file. Byte offsets and 1-based lines include its decorators."""

    root: Path
    """The project's folder (the git top level where there is one); absolute."""
    path: str
    """The file, relative to `root`, with forward slashes."""
    qualname: str
    """Dotted name inside the file: `fn`, `Class.method`, `Outer.Inner.method`."""
    module: str
    """The name the file is imported by, e.g. `package.module`."""
    import_root: str
    """The folder, relative to `root`, that must be on sys.path for `module` ("." or "src")."""
    file_source: str
    """The whole file's text."""
    start_byte: int
    end_byte: int
    start_line: int
    end_line: int
    kind: str
    """function, method, staticmethod or classmethod."""
    is_async: bool
    is_generator: bool
    language: str = "python"

    @property
    def source(self) -> str:
        """The function's own text, decorators included."""
        return self.file_source.encode()[self.start_byte : self.end_byte].decode()
