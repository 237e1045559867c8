"""Every rule against its own example, its counterexample, and an execution of both texts."""

import ast
import copy
import importlib
import inspect
from pathlib import Path

import pytest

from perfbot.agents.rules.engine import catalogue, describe, propose, require_rules
from perfbot.agents.rules.rule import Rule
from perfbot.agents.rules.source import SourceFile, functions
from perfbot.sandbox.errors import UsageError
from perfbot.sandbox.target import Target

RULES = catalogue()


def target_in(source: str, qualname: str = "f", turn: int = 0) -> Target:
    """A Target for the function of that name in a text."""
    file = SourceFile(source)
    node = [n for name, n in functions(file.tree) if name == qualname][turn]
    start, end = file.span(node)
    return Target(
        root=Path("/project"),
        path="module.py",
        qualname=qualname,
        module="module",
        import_root=".",
        file_source=source,
        start_byte=start,
        end_byte=end,
        start_line=source.encode()[:start].count(b"\n") + 1,
        end_line=node.end_lineno or node.lineno,
        kind="function",
        is_async=isinstance(node, ast.AsyncFunctionDef),
        is_generator=False,
    )


def by_rule(source: str, rule: str, qualname: str = "f") -> list[str]:
    """The texts that one rule proposes."""
    found = propose(target_in(source, qualname), source)
    return [proposal.edit.file_source for proposal in found if proposal.strategy == rule]


def outcome(source: str, arguments: str) -> object:
    """What `f` gives for the arguments: value or exception, and the arguments afterwards."""
    names: dict[str, object] = {}
    exec(compile(source, "module.py", "exec"), names)
    given = eval(f"({arguments},)" if arguments else "()", names)
    given = copy.deepcopy(given)
    function = names["f"]
    assert callable(function)
    try:
        value = function(*given)
    except Exception as error:  # noqa: BLE001 (whatever it raises is what gets compared)
        return type(error), error.args, repr(given)
    if hasattr(value, "__next__"):
        value = list(value)
    return type(value), repr(value), repr(given)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_example_fires(rule: Rule) -> None:
    """A rule proposes exactly the text that its example promises."""
    before, after = rule.example
    assert after in by_rule(before, rule.name)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_counterexample_is_left_alone(rule: Rule) -> None:
    """A rule proposes nothing for the function that only looks alike."""
    assert by_rule(rule.counterexample, rule.name) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_example_behaves_the_same(rule: Rule) -> None:
    """Both texts of an example give the same value, exception and arguments after the call."""
    before, after = rule.example
    assert rule.calls
    for arguments in rule.calls:
        assert outcome(after, arguments) == outcome(before, arguments), arguments


def test_names_are_unique() -> None:
    """No two rules share a name or a summary."""
    listed = describe()
    assert len({entry[1] for entry in listed}) == len({entry[2] for entry in listed}) == len(listed)


def test_a_skipped_rule_proposes_nothing() -> None:
    """The others propose what they did."""
    source = RULES[0].example[0]
    every = [item.strategy for item in propose(target_in(source), source)]
    kept = propose(target_in(source), source, skipped=(RULES[0].name,))
    assert RULES[0].name in every
    assert [item.strategy for item in kept] == [name for name in every if name != RULES[0].name]


def test_a_rule_that_there_is_not_cannot_be_skipped() -> None:
    """A misspelt name would skip nothing, and nobody would see it."""
    require_rules(("membership-set", "cpp-string-append"))
    with pytest.raises(UsageError, match="no rule membership-sets") as told:
        require_rules(("membership-sets",))
    assert "membership-set" in told.value.todo
    with pytest.raises(UsageError) as told:
        require_rules(("",))
    assert "perfbot rules" in told.value.todo


REAL_MODULES = ("bisect", "csv", "heapq", "json.decoder", "statistics", "textwrap", "shlex")


def lines_added_outside(target: Target, before: str, after: str) -> list[str]:
    """The lines that an edit adds around its target; fails if it takes any away or moves one."""
    found = next(
        node for name, node in functions(SourceFile(after).tree) if name == target.qualname
    )
    start, end = SourceFile(after).span(found)
    old = before.encode()
    kept = (old[: target.start_byte] + old[target.end_byte :]).decode().splitlines()
    data = after.encode()
    new = (data[:start] + data[end:]).decode().splitlines()
    added = []
    for line in new:
        if kept and line == kept[0]:
            kept.pop(0)
        else:
            added.append(line)
    assert not kept, f"{target.qualname} lost {kept[:3]}"
    return [line for line in added if line.strip()]


@pytest.mark.parametrize("module", REAL_MODULES)
def test_real_code(module: str) -> None:
    """Every proposal for real code parses and changes its function, imports and constants only."""
    source = inspect.getsource(importlib.import_module(module))
    seen: set[str] = set()
    for name, _ in functions(SourceFile(source).tree):
        if name in seen:
            continue
        seen.add(name)
        target = target_in(source, name)
        texts = [proposal.edit.file_source for proposal in propose(target, source)]
        assert len({ast.dump(ast.parse(text)) for text in [source, *texts]}) == len(texts) + 1
        for text in texts:
            for line in lines_added_outside(target, source, text):
                assert line.startswith(("from ", "import ", "_")), (name, line)


UNICODE = """\
# \u00e9t\u00e9 \U0001f600
def other(x):
    return "\u00fc" in x


def f(words, known):  # caf\u00e9
    names = "\u00e9\u00e8"  # kept
    return [names + w for w in words if w in known], "\u00e8"  # also kept
"""


def test_offsets_are_bytes() -> None:
    """Text before, in and after the match may hold characters of several bytes."""
    (text,) = by_rule(UNICODE, "membership-set")
    assert text == UNICODE.replace(
        "    return [names", "    known_set = set(known)\n    return [names"
    ).replace("w in known]", "w in known_set]")


def test_carriage_returns_are_kept() -> None:
    """A file with CRLF line ends gets CRLF in its new lines too."""
    before = UNICODE.replace("\n", "\r\n")
    (text,) = by_rule(before, "membership-set")
    assert text.count("\r\n") == text.count("\n") == before.count("\n") + 1


def test_tabs_are_kept() -> None:
    """A new line is indented as the statement that it stands before."""
    source = "def f(a, b):\n\tif a:\n\t\treturn [x for x in a if x in b]\n"
    (text,) = by_rule(source, "membership-set")
    assert "\n\t\tb_set = set(b)\n\t\treturn [x for x in a if x in b_set]\n" in text


SHADOWED = """\
def f(rows, list):
    set = {}
    found = []
    for row in rows:
        if row not in list:
            found.append(row)
    sum = 0
    for row in rows:
        sum += row[0]
    return found, sum, set
"""


def test_shadowed_builtins_are_not_used() -> None:
    """A parameter called `list` or a local called `set` or `sum` is no builtin."""
    assert by_rule(SHADOWED, "membership-set") == []
    assert by_rule(SHADOWED, "loop-to-sum") == []
    assert len(by_rule(SHADOWED.replace("sum", "total"), "loop-to-sum")) == 1


def test_taken_names_are_avoided() -> None:
    """New locals, constants and imports never take a name that the file already uses."""
    source = (
        "import re\n\n_PATTERN = 1\n\n\ndef deque():\n    pass\n\n\n"
        "def f(lines, known, known_set):\n"
        "    queue = list(lines)\n"
        "    while queue:\n"
        "        line = queue.pop(0)\n"
        "        if re.match('a', line) and line in known:\n"
        "            return known_set\n"
    )
    assert "known_set_2 = set(known)" in by_rule(source, "membership-set")[0]
    assert "_PATTERN_2 = re.compile('a')" in by_rule(source, "compile-regex-once")[0]
    (queue,) = by_rule(source, "queue-to-deque")
    assert "from collections import deque as _deque\n" in queue and "_deque(list(lines))" in queue


def test_imports_already_there_are_used() -> None:
    """What the module has imported under any name is not imported again."""
    head = "import collections as c\n\n\ndef f(words):\n"
    source = head + "    return [w for w in words if words.count(w) > 1]\n"
    (text,) = by_rule(source, "count-in-loop")
    assert "words_counts = c.Counter(words)" in text and text.count("import") == 1


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("", "from collections import Counter\n\n\ndef f"),
        ('"""Doc."""\n\n\n', '"""Doc."""\n\nfrom collections import Counter\n\n\ndef f'),
        (
            "from __future__ import annotations\n\n\n",
            "from __future__ import annotations\nfrom collections import Counter\n\n\ndef f",
        ),
        ("#!/usr/bin/env python\nX = 1\n\n\n", "python\nfrom collections import Counter\n\nX = 1"),
    ],
)
def test_imports_go_to_the_top(head: str, expected: str) -> None:
    """An import follows the docstring and the imports that are there, and precedes the rest."""
    source = head + "def f(words):\n    return [w for w in words if words.count(w) > 1]\n"
    (text,) = by_rule(source, "count-in-loop")
    assert expected in text


METHODS = """\
class Table:
    def rows(self, words, known):
        return [w for w in words if w in known]

    class Inner:
        @staticmethod
        def rows(words, known):
            return [w for w in words if w in known]

    async def stream(self, words, known):
        async for w in words:
            if w in known:
                yield w

    @property
    def both(self):
        return [w for w in self.a if w in self.b]

    @both.setter
    def both(self, words):
        known = words[1:]
        self.a = [w for w in words if w in known]
"""


@pytest.mark.parametrize(
    ("qualname", "turn", "line"),
    [("Table.rows", 0, 2), ("Table.Inner.rows", 0, 7), ("Table.both", 1, 21)],
)
def test_only_the_named_function_changes(qualname: str, turn: int, line: int) -> None:
    """Methods, nested classes and a property's setter are told apart."""
    target = target_in(METHODS, qualname, turn)
    texts = [
        proposal.edit.file_source
        for proposal in propose(target, METHODS)
        if proposal.strategy == "membership-set"
    ]
    (text,) = texts
    assert text.splitlines()[line].strip() == "known_set = set(known)"


def test_one_at_a_time_and_all_at_once() -> None:
    """Three matches of a rule give four texts, with the edit's parent and the rule's name."""
    head = "import re\n\n\ndef f(a):\n"
    source = head + "    return re.sub('a', 'b', a), re.sub('c', 'd', a), re.match('e', a)\n"
    proposals = [
        proposal
        for proposal in propose(target_in(source), source, parent="p")
        if proposal.strategy == "compile-regex-once"
    ]
    assert {proposal.edit.parent for proposal in proposals} == {"p"}
    assert {proposal.edit.origin for proposal in proposals} == {"rules"}
    assert sorted(p.edit.file_source.count("re.compile") for p in proposals) == [1, 1, 1, 3]


def test_rewrites_compose() -> None:
    """A proposal's text can be proposed on again, and the target is found in it."""
    before = membership_example()
    target = target_in(before)
    (child,) = by_rule(before, "membership-set")
    grandchildren = propose(target, child)
    assert "append-to-comprehension" in {proposal.strategy for proposal in grandchildren}
    assert all("known_set" in proposal.edit.file_source for proposal in grandchildren)


def membership_example() -> str:
    """The first example of the catalogue."""
    return next(rule.example[0] for rule in RULES if rule.name == "membership-set")


def test_one_line_blocks_are_left_alone() -> None:
    """Nothing is inserted before a statement that shares its line with another."""
    source = "def f(a, b):\n    if a: return [x for x in a if x in b]\n    c = 1; return c\n"
    assert by_rule(source, "membership-set") == []


def test_frames_are_left_alone() -> None:
    """A function that reads its own locals could tell any rewrite from the original."""
    source = membership_example().replace("return found", "return found, locals()")
    assert propose(target_in(source), source) == []


def test_wrong_input_is_said() -> None:
    """A text without the target, or that is no Python, is the caller's error."""
    target = target_in(membership_example())
    with pytest.raises(UsageError, match="no function f"):
        propose(target, "def g():\n    pass\n")
    with pytest.raises(UsageError, match="does not parse"):
        propose(target, "def f(:\n")


@pytest.mark.parametrize("guard", ["known is None or", "not known or", "known == None or"])
def test_no_container_at_all_stays_allowed(guard: str) -> None:
    """A parameter that may be None is not made into a set unasked."""
    source = f"def f(words, known=None):\n    return [w for w in words if {guard} w in known]\n"
    (text,) = by_rule(source, "membership-set")
    for arguments in ("['a', 'b']", "['a', 'b'], ['b']", "['a'], []", "[], None"):
        assert outcome(text, arguments) == outcome(source, arguments)


LEFT_ALONE = [
    # An exception's name is bound anew in every iteration.
    (
        "hoist-invariant",
        "for word in words:\n        try:\n            found += int(word)\n"
        "        except ValueError as error:\n            print(repr(sorted(error.args)))",
    ),
    # The expression fails where the condition does not let it run.
    (
        "hoist-invariant",
        "for w in words:\n        if known and w == max(known):\n            found = w",
    ),
    ("row-to-local", "for w in words:\n        if known:\n            found += known[0][w]"),
    # The nested function may change the list at any time.
    (
        "membership-set",
        "def add(w):\n        known.append(w)\n    for w in words:\n        if w in known:\n"
        "            add(w)",
    ),
    # Somebody else may hold the list that grows.
    ("concatenate-to-append", "found = words\n    for w in words:\n        found = found + [w]"),
    ("queue-to-deque", "queue = words\n    while queue:\n        found = queue.pop(0)"),
    # A loop that is left early, or whose target is read afterwards, is no comprehension.
    (
        "append-to-comprehension",
        "found = []\n    for w in words:\n        found.append(w + 1)\n    print(w)",
    ),
    (
        "append-to-comprehension",
        "found = []\n    for w in words:\n        found.append((yield w))",
    ),
    ("while-to-range", "i = 0\n    while i < len(words):\n        words.pop()\n        i += 1"),
    ("while-to-range", "i = 0\n    while i < 9:\n        found += i\n        i += 1\n    print(i)"),
    ("index-to-element", "for i in range(len(words)):\n        words[i] = words[i] + 1"),
]


@pytest.mark.parametrize(("rule", "body"), LEFT_ALONE)
def test_left_alone(rule: str, body: str) -> None:
    """Where the text shows that a rewrite would change what happens, none is proposed."""
    source = f"def f(words, known):\n    found = 0\n    {body}\n    return found\n"
    assert by_rule(source, rule) == []
