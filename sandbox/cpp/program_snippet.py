"""A counterexample of a program, as commands for a shell."""

import shlex

from perfbot.sandbox.drivers.unwire import decode
from perfbot.sandbox.drivers.values import WireError
from perfbot.sandbox.target import Target

LONGEST = 50_000
"""Commands longer than this help nobody."""
COMMANDS = """\
# An input on which an edit of {path} differs. In the project's folder, with its own flags besides:
cat > edit{suffix} <<'END OF EDIT'
{edit}
END OF EDIT
printf '%b' {text} > input.txt
{compiler} -O2 {quoted} -o original && ./original < input.txt
{compiler} -O2 edit{suffix} -o edit && ./edit < input.txt
# What only sanitizers see needs -g -fsanitize=address,undefined too.
"""


def program_snippet(target: Target, edit_source: str, inputs: bytes) -> str:
    """The commands, or "" where the input is no text or too long."""
    try:
        args, _ = decode(inputs)
    except (WireError, ValueError):
        return ""
    if len(args) != 1 or not isinstance(args[0], str):
        return ""
    data = args[0].encode("utf-8", "surrogateescape")
    made = COMMANDS.format(
        path=target.path,
        quoted=shlex.quote(target.path),
        suffix=".c" if target.language == "c" else ".cpp",
        compiler="gcc" if target.language == "c" else "g++ -std=c++20",
        edit=edit_source.rstrip("\n"),
        text=f"'{''.join(map(_spelt, data))}'",
    )
    return made if len(made) <= LONGEST else ""


def _spelt(byte: int) -> str:
    """A byte as `%b` of printf reads it."""
    if byte == 10:
        return "\\n"
    return chr(byte) if 32 <= byte < 127 and byte not in b"\\'" else f"\\0{byte:03o}"
