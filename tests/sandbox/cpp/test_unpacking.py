"""What a build made is unpacked into its folder; what would land elsewhere is left out."""

import io
import os
import stat
import tarfile
from pathlib import Path

import pytest

from perfbot.sandbox.cpp.unpacking import unpack

Member = tuple[str, bytes, str]
"""Name, kind (a type flag of tarfile), and content or where a link leads."""


def unpacked(folder: Path, *members: Member) -> Path:
    """A new folder with what was unpacked of these members."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, kind, content in members:
            info = tarfile.TarInfo(name)
            info.type, info.mode, info.uid = kind, 0o6777, 12345
            if kind == tarfile.REGTYPE:
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content.encode()))
            else:
                info.linkname = content
                archive.addfile(info)
    data.seek(0)
    made = folder / "made"
    made.mkdir()
    with tarfile.open(fileobj=data) as archive:
        unpack(archive, made)
    return made


FILE, DIR, SYM, LNK = tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE


def test_a_tree_comes_out_as_it_was(tmp_path: Path) -> None:
    """Folders, files, links of both kinds, and one that leads to nothing yet."""
    made = unpacked(
        tmp_path,
        ("./", DIR, ""), ("./src", DIR, ""), ("./src/a.c", FILE, "int a;"),
        ("./src/b.c", SYM, "a.c"), ("./c.c", LNK, "src/a.c"), ("./later", SYM, "src/none"),
    )  # fmt: skip
    assert (made / "src" / "b.c").read_text() == (made / "c.c").read_text() == "int a;"
    assert os.readlink(made / "later") == "src/none"


def test_nothing_lends_rights(tmp_path: Path) -> None:
    """No set-id bits, no writing by others, and the files are whose perfbot is."""
    made = unpacked(tmp_path, ("a", FILE, "x"), ("d", DIR, ""))
    for path in (made / "a", made / "d"):
        found = path.stat()
        assert stat.S_IMODE(found.st_mode) == 0o755 and found.st_uid == os.geteuid()


@pytest.mark.parametrize(
    "members",
    [
        [("../out", FILE, "x")],
        [("a/../../out", FILE, "x")],
        [("{outside}/out", FILE, "x")],
        [("d", SYM, ".."), ("d/out", FILE, "x")],
        [("d", SYM, "{outside}"), ("d/out", FILE, "x")],
        [("e", DIR, ""), ("e/d", SYM, "../.."), ("e/d/out", FILE, "x")],
        [("out", SYM, "../out"), ("out", FILE, "x")],
        [("d", SYM, "."), ("d/e", SYM, ".."), ("d/e/out", FILE, "x")],
        [("s", SYM, "."), ("t", SYM, "s/..")],
        [("t", SYM, "s/.."), ("s", SYM, ".")],
        [("d", DIR, ""), ("d", SYM, "e"), ("d", FILE, "x")],
        [("l", LNK, "../secret"), ("l", FILE, "x")],
        [("l", LNK, "{outside}/secret")],
        [("s", SYM, "../secret"), ("l", LNK, "s")],
        [("p", tarfile.FIFOTYPE, "")],
        [("c", tarfile.CHRTYPE, "")],
    ],
)
def test_what_would_land_elsewhere_is_left_out(tmp_path: Path, members: list[Member]) -> None:
    """Paths and links that lead out, straight or through each other, and what is no file."""
    (tmp_path / "secret").write_text("the user's")
    told = [(n.format(outside=tmp_path), k, c.format(outside=tmp_path)) for n, k, c in members]
    made = unpacked(tmp_path, *told, ("last", FILE, "kept"))
    assert (tmp_path / "secret").read_text() == "the user's"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["made", "secret"]
    assert (made / "last").read_text() == "kept"
    for path in made.rglob("*"):
        assert path.resolve().is_relative_to(made), path
        assert path.is_symlink() or path.is_dir() or "the user's" not in path.read_text()
