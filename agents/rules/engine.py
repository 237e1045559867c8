"""Proposes every single-rule rewrite of a target, as whole new file texts."""

import ast
import builtins
import difflib
from collections import Counter
from collections.abc import Collection

from perfbot.agents.proposal import Proposal
from perfbot.agents.rules.function import Function
from perfbot.agents.rules.placing import pieces, variants
from perfbot.agents.rules.rule import Rewrite, Rule
from perfbot.agents.rules.source import FunctionNode, Replacement, SourceFile, functions
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.errors import UsageError
from perfbot.sandbox.target import Target

# A function that looks at its own frame can tell any rewrite from the original.
REFLECTIVE = frozenset({"locals", "vars", "eval", "exec", "globals", "_getframe"})


def catalogue() -> tuple[Rule, ...]:
    """All rules for Python, those with the largest gains first."""
    from perfbot.agents.rules.catalogue import RULES

    return RULES


def describe() -> list[tuple[str, str, str, str, str]]:
    """Language, name, summary, example before and after of each rule, of all languages."""
    from perfbot.agents.rules.cpp.engine import catalogue as cpp_catalogue

    python = [("python", rule.name, rule.summary, *rule.example) for rule in catalogue()]
    cpp = [
        (", ".join(rule.languages), rule.name, rule.summary, *rule.example)
        for rule in cpp_catalogue()
    ]
    return python + cpp


def require_rules(names: Collection[str]) -> None:
    """Raises: UsageError for a name that no rule of any language has."""
    known = {name for _, name, *_ in describe()}
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}?" if near else "`perfbot rules` lists them"
            raise UsageError(f"there is no rule {name}", hint)


def propose(
    target: Target,
    source: str,
    *,
    parent: str | None = None,
    skipped: Collection[str] = (),
) -> list[Proposal]:
    """Every rule's matches in the target inside `source`, one at a time and all at once.

    `source` is the whole file: the original, or an accepted edit of it, whose id is `parent`.
    Texts equal up to formatting are given once, and never the input itself. `skipped` are names
    of rules that propose nothing.

    Raises: UsageError when `source` does not parse or does not hold the target.
    """
    if target.language != "python":
        from perfbot.agents.rules.cpp.engine import propose as propose_cpp

        return propose_cpp(target, source, parent=parent, skipped=skipped)
    try:
        file = SourceFile(source)
    except SyntaxError as error:
        raise UsageError(f"{target.path} does not parse: {error}") from error
    turn = turn_in_original(target, file)
    node = turn_of(target, file.tree, turn)
    file.focus(node)
    if any(getattr(n, "id", getattr(n, "attr", "")) in REFLECTIVE for n in ast.walk(node)):
        return []
    given: dict[tuple[str, str], str] = {}
    nested = [n for n in ast.walk(node) if isinstance(n, FunctionNode)]
    scopes = [Function(file, n, given) for n in nested]
    seen = {shape(node, Rewrite((), ""))}
    proposals = []
    for rule in catalogue():
        if rule.name in skipped:
            continue
        given.clear()
        for rewrite in variants([r for scope in scopes for r in rule.rewrites(scope)]):
            text = apply(file, rewrite)
            try:
                tree = ast.parse(text)
            except SyntaxError:
                continue  # the surroundings did not allow it, e.g. a one-line `if`
            rewritten = turn_of(target, tree, turn)
            found = shape(rewritten, rewrite)
            if found not in seen and not uses_shadowed(scopes, rewritten):
                seen.add(found)
                edit = Edit(text, title=rule.summary, origin="rules", parent=parent)
                proposals.append(Proposal(edit, rule.name, rewrite.reason))
    return proposals


def uses_shadowed(scopes: list[Function], rewritten: FunctionNode) -> bool:
    """Whether new text says a builtin's name where it means something else (`sum = 0`)."""
    before = builtin_loads(scopes[0].node)
    after = builtin_loads(rewritten)
    grown = [name for name, count in after.items() if count > before[name]]
    return not all(scope.is_builtin(name) for name in grown for scope in scopes)


def builtin_loads(node: FunctionNode) -> Counter[str]:
    """How often each builtin's name is read in a definition."""
    names = [
        n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)
    ]
    return Counter(name for name in names if hasattr(builtins, name))


def shape(node: FunctionNode, rewrite: Rewrite) -> tuple[object, ...]:
    """What two texts share that differ in formatting alone."""
    return ast.dump(node), rewrite.imports, rewrite.constants


def turn_in_original(target: Target, file: SourceFile) -> int:
    """How many definitions of the target's name stand before it (overloads, property setters)."""
    same_text = file.text == target.file_source
    original = file if same_text else SourceFile(target.file_source)
    same = [node for name, node in functions(original.tree) if name == plain_name(target)]
    return sum(original.span(node)[0] < target.start_byte for node in same)


def turn_of(target: Target, tree: ast.Module, turn: int) -> FunctionNode:
    """The target's definition in a text of its file: same name, same turn among equals."""
    same = [node for name, node in functions(tree) if name == plain_name(target)]
    if len(same) <= turn:
        raise UsageError(f"no function {target.qualname} in the edited {target.path}")
    return same[turn]


def plain_name(target: Target) -> str:
    """The dotted name as `functions` writes it."""
    return target.qualname.replace("<locals>.", "")


def apply(file: SourceFile, rewrite: Rewrite) -> str:
    """The file with a rewrite made, its imports and constants among the file's own imports."""
    found = pieces(rewrite)
    if rewrite.imports or rewrite.constants:
        found += preamble(file, rewrite, min(piece.start for piece in found))
    return file.apply(found)


def preamble(file: SourceFile, rewrite: Rewrite, target_start: int) -> list[Replacement]:
    """Import lines after the leading imports, constants after the last one above the target."""
    body = file.tree.body
    imports = "".join(f"{line}\n" for line in rewrite.imports)
    constants = "".join(f"{line}\n" for line in rewrite.constants)
    docstring = ast.get_docstring(file.tree, clean=False) is not None
    leading = last = 1 if docstring else 0
    while leading < len(body) and isinstance(body[leading], ast.Import | ast.ImportFrom):
        leading += 1
    for index, node in enumerate(body):
        if isinstance(node, ast.Import | ast.ImportFrom) and file.span(node)[0] < target_start:
            last = index + 1
    if leading == 0 and (last == 0 or imports):
        at = file.line_start(file.span(body[0])[0])
        definition = isinstance(body[0], FunctionNode | ast.ClassDef)
        gap = "\n\n" if definition else "\n"
        middle = "\n" if imports and constants else ""
        return [Replacement(at, at, imports + middle + constants + gap)]
    if imports and leading == (1 if docstring else 0):
        imports = "\n" + imports
    found = []
    if imports:
        found.append(after_line(file, body[leading - 1], imports))
    if constants:
        found.append(after_line(file, body[max(last, leading) - 1], "\n" + constants))
    return found


def after_line(file: SourceFile, node: ast.stmt, text: str) -> Replacement:
    """Whole lines put after the line on which a statement ends."""
    at = file.line_end(file.span(node)[1])
    newline = "" if file.data[:at].endswith((b"\n", b"\r")) else "\n"
    return Replacement(at, at, newline + text)
