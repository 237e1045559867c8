"""Dictionaries asked directly, and dictionaries in place of repeated searches."""

import ast
from collections.abc import Iterator

from perfbot.agents.rules.function import Comprehension, Function
from perfbot.agents.rules.rule import Rewrite, rule
from perfbot.agents.rules.source import Replacement


@rule(
    "membership-in-keys",
    "in d.keys() -> in d",
    before="""
        def f(table, key):
            return key in table.keys()
        """,
    after="""
        def f(table, key):
            return key in table
        """,
    leaves="""
        def f(table, key):
            return key in table.values()
        """,
    calls=("{1: 2}, 1", "{}, 1", "{}, []"),
)
def membership_in_keys(function: Function) -> Iterator[Rewrite]:
    for node in function.own:
        match node:
            case ast.Compare(ops=[ast.In() | ast.NotIn()], comparators=[right]):
                inner = right
            case _:
                continue
        if function.is_call(inner, "list", "set"):
            assert isinstance(inner, ast.Call)
            inner = inner.args[0]
        match inner:
            case ast.Call(func=ast.Attribute(value=table, attr="keys"), args=[]):
                piece = function.replace(right, function.text(table))
                yield Rewrite((piece,), "The dictionary itself answers without a view.")


@rule(
    "keys-to-items",
    "loop over keys that looks each up -> items",
    before="""
        def f(table):
            found = []
            for key in table.keys():
                if table[key] > 1:
                    found.append((key, table[key]))
            return found
        """,
    after="""
        def f(table):
            found = []
            for key, value in table.items():
                if value > 1:
                    found.append((key, value))
            return found
        """,
    leaves="""
        def f(table):
            for key in table.keys():
                if table[key] > 1:
                    table[key] = 0
            return table
        """,
    calls=("{'a': 2, 'b': 1}", "{}", "{'a': 'b'}"),
)
def keys_to_items(function: Function) -> Iterator[Rewrite]:
    for node in function.own:
        match node:
            case ast.For(target=ast.Name() as target, iter=source):
                region: ast.AST = node
            case ast.comprehension(target=ast.Name() as target, iter=source, is_async=0):
                region = function.file.parent[node]
            case _:
                continue
        key = target.id
        match source:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=table), attr="keys"), args=[]):
                pass
            case ast.Name(id=table) if function.kind(source) == "dict":
                pass
            case _:
                continue
        inside = [use for use in function.uses(table) if function.within(use, region)]
        lookups = [
            function.file.parent[use]
            for use in inside
            if ast.unparse(function.file.parent[use]) == f"{table}[{key}]"
        ]
        stored = [use for use in function.stores(key) if function.within(use, region)]
        if not lookups or not function.untouched(table, region) or len(stored) != 1:
            continue
        value = function.fresh("value", str(region.lineno))  # type: ignore[attr-defined]
        pieces: list[Replacement | None] = [
            function.replace(target, f"{key}, {value}"),
            function.replace(source, f"{table}.items()"),
        ]
        pieces += [function.replace(lookup, value) for lookup in lookups]
        yield Rewrite(tuple(pieces), "`items` gives the value without looking the key up again.")


@rule(
    "count-in-loop",
    "list.count in a loop -> Counter built once",
    before="""
        def f(words):
            return [word for word in words if words.count(word) == 1]
        """,
    after="""
        from collections import Counter


        def f(words):
            words_counts = Counter(words)
            return [word for word in words if words_counts[word] == 1]
        """,
    leaves="""
        def f(words):
            return [word for word in words if words.count("a") == 1]
        """,
    calls=("['a', 'b', 'a']", "[]", "'abca'", "[[1], [2]][:0]"),
)
def count_in_loop(function: Function) -> Iterator[Rewrite]:
    for call, name, item in _calls_on_names(function, "count"):
        at = function.outermost_free(call, [name])
        if at is None or not _item_of(function, call, item, name):
            continue
        counter, imports = function.imported("collections", "Counter")
        new = function.fresh(f"{name}_counts", str(at.lineno))
        yield Rewrite(
            (
                function.insert_before(at, f"{new} = {counter}({name})"),
                function.replace(call, f"{new}[{function.text(item)}]"),
            ),
            f"`{name}.count` walks the list for each element; a Counter walks it once.",
            imports,
        )


@rule(
    "index-in-loop",
    "list.index in a loop -> dictionary of positions",
    before="""
        def f(words, order: list):
            return [order.index(word) for word in words if word in order]
        """,
    after="""
        def f(words, order: list):
            order_positions = {item: at for at, item in reversed(list(enumerate(order)))}
            return [order_positions[word] for word in words if word in order]
        """,
    leaves="""
        def f(words, order: list):
            return [order.index(word, 1) for word in words if word in order]
        """,
    calls=("['a', 'b'], ['b', 'a', 'b']", "[], []"),
)
def index_in_loop(function: Function) -> Iterator[Rewrite]:
    for call, name, item in _calls_on_names(function, "index"):
        at = function.outermost_free(call, [name])
        if at is None or not _item_of(function, call, item, name):
            continue
        new = function.fresh(f"{name}_positions", str(at.lineno))
        made = f"{{item: at for at, item in reversed(list(enumerate({name})))}}"
        yield Rewrite(
            (
                function.insert_before(at, f"{new} = {made}"),
                function.replace(call, f"{new}[{function.text(item)}]"),
            ),
            f"`{name}.index` walks the list for each element; a dictionary knows the place.",
        )


def _calls_on_names(function: Function, method: str) -> Iterator[tuple[ast.Call, str, ast.expr]]:
    """The calls `name.method(item)` whose item is not constant."""
    for node in function.own:
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id=name), attr=attr), args=[item], keywords=[]
            ) if attr == method and not isinstance(item, ast.Constant | ast.Starred):
                yield node, name, item


def _item_of(function: Function, call: ast.Call, item: ast.expr, name: str) -> bool:
    """Whether an item is surely one element of the named sequence, not a substring of it."""
    if function.kind(ast.Name(name, ast.Load())) in ("list", "tuple"):
        return True
    if not isinstance(item, ast.Name):
        return False
    walked = (name, f"set({name})", f"sorted({name})", f"sorted(set({name}))", f"list({name})")
    for loop in function.repeats(call):
        pairs = (
            [(g.target, g.iter) for g in loop.generators]
            if isinstance(loop, Comprehension)
            else [(loop.target, loop.iter)]
            if isinstance(loop, ast.For)
            else []
        )
        for target, source in pairs:
            if isinstance(target, ast.Name) and target.id == item.id:
                return ast.unparse(source) in walked
    return False


@rule(
    "group-to-setdefault",
    "test and create before append -> setdefault",
    before="""
        def f(words):
            groups = {}
            for word in words:
                if word[0] not in groups:
                    groups[word[0]] = []
                groups[word[0]].append(word)
            return groups
        """,
    after="""
        def f(words):
            groups = {}
            for word in words:
                groups.setdefault(word[0], []).append(word)
            return groups
        """,
    leaves="""
        def f(words):
            groups = {}
            for word in words:
                if word[0] not in groups:
                    groups[word[0]] = [word]
                groups[word[0]].append(word)
            return groups
        """,
    calls=("['ab', 'ac', 'b']", "[]", "['']"),
)
def group_to_setdefault(function: Function) -> Iterator[Rewrite]:
    for check in function.own:
        match check:
            case ast.If(
                test=ast.Compare(left=key, ops=[ast.NotIn()], comparators=[ast.Name(id=table)]),
                body=[ast.Assign() as creation],
                orelse=[],
            ):
                added = function.following(check)
            case _:
                continue
        place = f"{table}[{ast.unparse(key)}]"
        empty = ast.unparse(creation).removeprefix(f"{place} = ")
        if added is None or empty not in ("[]", "set()") or not function.repeats(check):
            continue
        if any(isinstance(n, ast.Call | ast.NamedExpr) for n in ast.walk(key)):
            continue
        method = "append" if empty == "[]" else "add"
        match added:
            case ast.Expr(
                value=ast.Call(func=ast.Attribute(value=group, attr=attr), args=[item])
            ) if attr == method and ast.unparse(group) == place:
                text = (
                    f"{table}.setdefault({function.text(key)}, {empty})"
                    f".{method}({function.text(item)})"
                )
            case _:
                continue
        pieces = (function.replace_run(check, added, text),)
        yield Rewrite(pieces, "One look-up of the key instead of two or three.")
