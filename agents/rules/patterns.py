"""Regular expressions compiled once."""

import ast
from collections.abc import Iterator

from perfbot.agents.rules.function import Function
from perfbot.agents.rules.rule import Rewrite, rule

# Function of `re` -> how many positional arguments after the pattern are not the flags.
FLAGS_AFTER = {"search": 1, "match": 1, "fullmatch": 1, "findall": 1, "finditer": 1}
# Positional arguments after the pattern that the compiled pattern's method takes too.
MOST_ARGUMENTS = {"sub": 3, "subn": 3, "split": 2}


@rule(
    "compile-regex-once",
    "regular expression compiled once per module",
    before="""
        import re


        def f(lines):
            return [re.sub(r"\\s+", " ", line) for line in lines]
        """,
    after="""
        import re

        _PATTERN = re.compile(r"\\s+")


        def f(lines):
            return [_PATTERN.sub(" ", line) for line in lines]
        """,
    leaves="""
        import re


        def f(pattern, lines):
            return [re.sub(pattern, " ", line) for line in lines]
        """,
    calls=("['a  b', ' c']", "[1]"),
)
def compile_regex_once(function: Function) -> Iterator[Rewrite]:
    for call in function.own:
        if not isinstance(call, ast.Call) or not call.args:
            continue
        module, _, name = (function.module_of(call.func) or "").partition(":")
        pattern = call.args[0]
        if module != "re" or not _is_literal(function, pattern):
            continue
        prefix = function.text(call.func).removesuffix(name)
        if name == "compile":
            arguments = [function.text(a) for a in (*call.args, *call.keywords)]
            made = f"{function.text(call.func)}({', '.join(arguments)})"
            if not all(_is_literal(function, a.value) for a in call.keywords):
                continue
            if not all(_is_literal(function, a) for a in call.args):
                continue
            new = function.fresh("_PATTERN", made)
            piece = function.replace(call, new)
        elif name in ("sub", "subn", "split", *FLAGS_AFTER) and prefix.endswith("."):
            flags, rest, keywords = _take_flags(call, name)
            if len(rest) > MOST_ARGUMENTS.get(name, 2):
                continue  # flags given by position after an optional argument
            if flags is not None and not _is_literal(function, flags):
                continue
            extra = f", {function.text(flags)}" if flags else ""
            made = f"{prefix}compile({function.text(pattern)}{extra})"
            new = function.fresh("_PATTERN", made)
            arguments = [function.text(a) for a in (*rest, *keywords)]
            piece = function.replace(call, f"{new}.{name}({', '.join(arguments)})")
        else:
            continue
        reason = "The module's cache of compiled patterns costs a lookup on every call."
        yield Rewrite((piece,), reason, constants=(f"{new} = {made}",))


def _take_flags(
    call: ast.Call, name: str
) -> tuple[ast.expr | None, list[ast.expr], list[ast.keyword]]:
    """A call's flags, its other positional arguments after the pattern, its other keywords."""
    rest = call.args[1:]
    keywords = [keyword for keyword in call.keywords if keyword.arg != "flags"]
    flags = next((k.value for k in call.keywords if k.arg == "flags"), None)
    if name in FLAGS_AFTER and len(rest) > FLAGS_AFTER[name]:
        return rest[1], rest[:1], keywords
    return flags, rest, keywords


def _is_literal(function: Function, node: ast.expr) -> bool:
    """Whether an expression is built from constants and the flags of `re` alone."""
    match node:
        case ast.Constant(value=str() | bytes() | int()):
            return True
        case ast.BinOp(left=left, op=ast.BitOr() | ast.Add(), right=right):
            return _is_literal(function, left) and _is_literal(function, right)
        case ast.Attribute():
            return (function.module_of(node) or "").startswith("re:")
    return False
