"""Small functions called once per element, replaced by what needs no Python call."""

import ast
from collections.abc import Iterator

from perfbot.agents.rules.function import Function
from perfbot.agents.rules.rule import Rewrite, rule


@rule(
    "lambda-map-to-comprehension",
    "map or filter with a lambda -> comprehension",
    before="""
        def f(values):
            return list(map(lambda value: value * 2, values))
        """,
    after="""
        def f(values):
            return [value * 2 for value in values]
        """,
    leaves="""
        def f(values):
            return map(lambda value: value * 2, values)
        """,
    calls=("[1, 'a']", "[]", "[None]"),
)
def lambda_map_to_comprehension(function: Function) -> Iterator[Rewrite]:
    for call in function.own:
        if not function.is_call(call, "list", "set", "sum", "tuple"):
            continue
        assert isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
        match call.args[0]:
            case (
                ast.Call(
                    func=ast.Name(id="map" | "filter" as name),
                    args=[ast.Lambda(args=ast.arguments(args=[parameter]), body=body), source],
                ) as inner
            ) if function.is_call(inner, name, args=2):
                pass
            case _:
                continue
        target = parameter.arg
        if isinstance(body, ast.Lambda | ast.IfExp) and name == "filter":
            continue
        source_text = function.text(source)
        if isinstance(source, ast.IfExp | ast.Lambda):
            source_text = f"({source_text})"
        if name == "map":
            item, condition = function.text(body), ""
        else:
            item, condition = target, f" if {function.text(body)}"
        made = f"{item} for {target} in {source_text}{condition}"
        text = {"list": f"[{made}]", "set": f"{{{made}}}"}.get(
            call.func.id, f"{call.func.id}([{made}])"
        )
        yield Rewrite((function.replace(call, text),), "A comprehension makes no call per element.")


@rule(
    "lambda-key-to-itemgetter",
    "key=lambda x: x[i] -> itemgetter",
    before="""
        def f(pairs):
            return sorted(pairs, key=lambda pair: pair[1])
        """,
    after="""
        from operator import itemgetter


        def f(pairs):
            return sorted(pairs, key=itemgetter(1))
        """,
    leaves="""
        def f(pairs):
            return sorted(pairs, key=lambda pair: -pair[1])
        """,
    calls=("[(1, 2), (0, 1)]", "[]", "[1]"),
)
def lambda_key_to_itemgetter(function: Function) -> Iterator[Rewrite]:
    for node in function.own:
        match node:
            case ast.keyword(
                arg="key",
                value=ast.Lambda(
                    args=ast.arguments(args=[parameter], defaults=[]), body=body
                ) as key,
            ):
                pass
            case _:
                continue
        match body:
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant() as index):
                getter, imports = function.imported("operator", "itemgetter")
                argument = ast.unparse(index)
            case ast.Attribute(value=ast.Name(id=name), attr=attr):
                getter, imports = function.imported("operator", "attrgetter")
                argument = f'"{attr}"'
            case ast.Call(func=ast.Name(id=called), args=[ast.Name(id=name)], keywords=[]):
                if name == parameter.arg and function.is_builtin(called):
                    piece = function.replace(key, called)
                    yield Rewrite((piece,), "The builtin needs no lambda around it.")
                continue
            case _:
                continue
        if name == parameter.arg:
            piece = function.replace(key, f"{getter}({argument})")
            yield Rewrite((piece,), "The key is fetched without a Python call.", imports)


@rule(
    "literal-list-to-set",
    "membership in a literal list -> constant set",
    before="""
        def f(words):
            return [word for word in words if word in ["if", "else", "for", "while", "try"]]
        """,
    after="""
        def f(words):
            return [word for word in words if word in {"if", "else", "for", "while", "try"}]
        """,
    leaves="""
        def f(words):
            return [word for word in words if word in ["if", "else"]]
        """,
    calls=("['if', 'a', 'try']", "[1, None]"),
)
def literal_list_to_set(function: Function) -> Iterator[Rewrite]:
    for node in function.own:
        match node:
            case ast.Compare(
                ops=[ast.In() | ast.NotIn()],
                comparators=[ast.List(elts=elts) | ast.Tuple(elts=elts) as display],
            ):
                pass
            case _:
                continue
        values = [item.value for item in elts if isinstance(item, ast.Constant)]
        if len(values) < 4 or len(values) != len(elts):
            continue
        text = "{" + ", ".join(function.text(item) for item in elts) + "}"
        reason = "Python keeps a literal set as one constant; the look-up is one step."
        yield Rewrite((function.replace(display, text),), reason)


@rule(
    "named-literal-to-set",
    "local list of constants used for membership -> set",
    before="""
        def f(text):
            vowels = ["a", "e", "i", "o", "u"]
            return [letter for letter in text if letter in vowels]
        """,
    after="""
        def f(text):
            vowels = {"a", "e", "i", "o", "u"}
            return [letter for letter in text if letter in vowels]
        """,
    leaves="""
        def f(text):
            vowels = ["a", "e", "i", "o", "u"]
            return [letter for letter in vowels if letter in vowels]
        """,
    calls=("'banana'", "[]", "[1]"),
)
def named_literal_to_set(function: Function) -> Iterator[Rewrite]:
    for node in function.own:
        match node:
            case ast.Assign(
                targets=[ast.Name(id=name)],
                value=ast.List(elts=elts) | ast.Tuple(elts=elts) as display,
            ):
                pass
            case _:
                continue
        constants = len(elts) > 2 and all(isinstance(item, ast.Constant) for item in elts)
        if not constants or not function.is_plain_local(name) or len(function.stores(name)) > 1:
            continue
        tests = [
            isinstance(above := function.file.parent[use], ast.Compare)
            and len(above.ops) == 1
            and isinstance(above.ops[0], ast.In | ast.NotIn)
            and above.comparators[0] is use
            for use in function.uses(name)
            if isinstance(use.ctx, ast.Load)
        ]
        if tests and all(tests):
            text = "{" + ", ".join(function.text(item) for item in elts) + "}"
            piece = function.replace(display, text)
            yield Rewrite((piece,), "A set answers a membership test in one step.")


@rule(
    "constructor-to-display",
    "list(generator), set([...]), dict(pairs) -> comprehension",
    before="""
        def f(words):
            return set([word.lower() for word in words])
        """,
    after="""
        def f(words):
            return {word.lower() for word in words}
        """,
    leaves="""
        def f(words):
            return tuple([word.lower() for word in words])
        """,
    calls=("['A', 'b']", "[]", "[1]"),
)
def constructor_to_display(function: Function) -> Iterator[Rewrite]:
    for call in function.own:
        if not function.is_call(call, "list", "set", "dict"):
            continue
        assert isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
        match call.func.id, call.args[0]:
            case "list", ast.GeneratorExp() as inner:
                text = ast.unparse(ast.ListComp(inner.elt, inner.generators))
            case "set", ast.GeneratorExp() | ast.ListComp() as inner:
                text = ast.unparse(ast.SetComp(inner.elt, inner.generators))
            case "dict", ast.GeneratorExp() | ast.ListComp() as inner if (
                isinstance(inner.elt, ast.Tuple) and len(inner.elt.elts) == 2
            ):
                key, value = inner.elt.elts
                text = ast.unparse(ast.DictComp(key, value, inner.generators))
            case "list", (ast.ListComp() as made) | (ast.Call() as made) if (
                function.kind(made) == "list"
            ):
                text = function.text(made)
            case _:
                continue
        yield Rewrite((function.replace(call, text),), "No second container is filled.")
