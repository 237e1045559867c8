"""How a Python file is imported: from which folder, and by what name."""

import re
import tomllib
from pathlib import Path

from perfbot.sandbox.errors import UsageError


def module_name(path: str, import_root: str) -> str:
    """Return the name that imports `path` when `import_root` is on sys.path.

    Raises:
        UsageError: the path cannot be spelled as a module name, or lies outside `import_root`.
    """
    base = Path(import_root)
    relative = Path(path)
    if import_root != ".":
        if not relative.is_relative_to(base):
            raise UsageError(f"{path} is not inside the import root {import_root}.")
        relative = relative.relative_to(base)
    parts = list(relative.with_suffix("").parts)
    if parts[-1] == "__init__" and len(parts) > 1:
        parts.pop()
    wrong = [part for part in parts if not part.isidentifier()]
    if wrong:
        raise UsageError(
            f"{path}: `{wrong[0]}` is no Python name, so the file cannot be imported.",
            "Rename it.",
        )
    return ".".join(parts)


def import_root_of(root: Path, path: str) -> str:
    """Return the folder, relative to `root`, from which `path` is imported: "." or "src".

    It is the first folder above the `__init__.py` chain, unless pyproject.toml or setup.cfg say
    that a folder further up is on the path, a `src` folder stands there, or the project's own
    name begins with that of the folder (a namespace package).
    """
    chain_top = (root / path).parent
    while chain_top != root and (chain_top / "__init__.py").is_file():
        chain_top = chain_top.parent
    project = _project_folder(root, chain_top)
    declared = [project / name for name in _declared_roots(project)]
    if (project / "src").is_dir() and not (project / "src" / "__init__.py").exists():
        declared.append(project / "src")
    above = [folder for folder in declared if chain_top.is_relative_to(folder)]
    if above:
        return _relative(max(above, key=lambda folder: len(folder.parts)), root)
    inside = chain_top.relative_to(project).parts
    if inside and _is_namespace(project, inside[0]):
        return _relative(project, root)
    return _relative(chain_top, root)


def _project_folder(root: Path, folder: Path) -> Path:
    for candidate in (folder, *folder.parents):
        if candidate == root:
            break
        if any((candidate / name).is_file() for name in ("pyproject.toml", "setup.py")):
            return candidate
    return root


def _declared_roots(project: Path) -> list[str]:
    """Folders that the project's own build or test configuration puts on sys.path."""
    found: list[object] = []
    tool = _pyproject(project).get("tool")
    if isinstance(tool, dict):
        for keys in (
            ("setuptools", "packages", "find", "where"),
            ("setuptools", "package-dir", ""),
            ("pytest", "ini_options", "pythonpath"),
            ("pdm", "build", "package-dir"),
            ("maturin", "python-source"),
            ("hatch", "build", "targets", "wheel", "sources"),
        ):
            value: object = tool
            for key in keys:
                value = value.get(key) if isinstance(value, dict) else None
            found += value if isinstance(value, list) else [value]
    setup_cfg = project / "setup.cfg"
    if setup_cfg.is_file():
        text = setup_cfg.read_text(encoding="utf-8", errors="replace")
        found += re.findall(r"(?m)^(?:package_dir\s*=)?\s*=\s*([\w./-]+)\s*$", text)
    return [name for name in found if isinstance(name, str)]


def _is_namespace(project: Path, folder: str) -> bool:
    about = _pyproject(project).get("project")
    name = about.get("name") if isinstance(about, dict) else None
    first = re.split(r"[-_.]", str(name or ""))[0]
    return folder in (first, str(name).replace("-", "_"))


def _pyproject(project: Path) -> dict[str, object]:
    file = project / "pyproject.toml"
    if not file.is_file():
        return {}
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: cannot be read: {error}") from error


def _relative(folder: Path, root: Path) -> str:
    return folder.relative_to(root).as_posix()
