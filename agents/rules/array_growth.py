"""numpy arrays that a loop makes larger by copying them, or fills one from the one before."""

import ast
from collections.abc import Iterator

from perfbot.agents.rules.arrays import is_array, maker, numpy_name
from perfbot.agents.rules.axes import Axis, axis_of
from perfbot.agents.rules.function import Function, Loop
from perfbot.agents.rules.rule import Rewrite, rule
from perfbot.agents.rules.vectors import NotVectorisedError, Vectors, flattened

JOINS = frozenset({"concatenate", "hstack", "vstack"})


@rule(
    "numpy-append-to-list",
    "numpy array grown by copying -> list, joined once",
    before="""
        import numpy as np


        def f(rows):
            found = np.array([])
            for row in rows:
                for cell in row:
                    if cell > 0:
                        found = np.append(found, cell)
            return found
        """,
    after="""
        import numpy as np


        def f(rows):
            found = np.array([])
            found_parts = []
            for row in rows:
                for cell in row:
                    if cell > 0:
                        found_parts.append(cell)
            if found_parts:
                found = np.append(found, found_parts)
            return found
        """,
    leaves="""
        import numpy as np


        def f(rows):
            found = np.array([])
            for row in rows:
                found = np.append(found, row)
                if len(found) > 3:
                    break
            return found
        """,
    calls=("[[1, -1, 2], []]", "[]", "[[2.5], [-1, 7]]"),
)
def numpy_append_to_list(function: Function) -> Iterator[Rewrite]:
    numpy = numpy_name(function)
    for node in function.own:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(keywords=[]) as call):
                pass
            case _:
                continue
        grown = _grown(function, call, name)
        loop = _only_loop(function, node, name)
        if numpy is None or grown is None or loop is None or name in function.names_in(grown):
            continue
        parts = function.fresh(f"{name}_parts", str(loop.lineno))
        how = function.text(call.func)
        if maker(function, call) == "append":
            start, joined = f"{parts} = []", f"{name}, {parts}"
        else:
            start, joined = f"{parts} = []", f"[{name}, *{parts}]"
        yield Rewrite(
            (
                function.insert_before(loop, start),
                function.replace(node, f"{parts}.append({function.text(grown)})"),
                function.insert_after(loop, f"if {parts}:", f"    {name} = {how}({joined})"),
            ),
            f"`{how}` copies the whole array each time.",
        )


def _grown(function: Function, call: ast.Call, name: str) -> ast.expr | None:
    """What `append(name, x)` or `concatenate((name, x))` puts behind an array."""
    match maker(function, call), call.args:
        case "append", [ast.Name(id=first), value] if first == name:
            return value
        case joining, [ast.Tuple(elts=[ast.Name(id=first), value])] if (
            joining in JOINS and first == name
        ):
            return value
        case joining, [ast.List(elts=[ast.Name(id=first), value])] if (
            joining in JOINS and first == name
        ):
            return value
    return None


def _only_loop(function: Function, node: ast.Assign, name: str) -> Loop | None:
    """The outermost loop around a statement in which nothing else uses a name."""
    found = None
    if not function.is_plain_local(name):
        return None
    for loop in function.repeats(node):
        uses = [use for use in function.uses(name) if function.within(use, loop)]
        if not isinstance(loop, Loop) or not all(function.within(use, node) for use in uses):
            break
        found = loop
    return found


@rule(
    "numpy-running-to-accumulate",
    "running sum over an array -> add.accumulate",
    before="""
        import numpy as np


        def f(values: np.ndarray):
            out = np.zeros(len(values))
            out[0] = values[0]
            for i in range(1, len(values)):
                out[i] = out[i - 1] + values[i] * 2
            return out
        """,
    after="""
        import numpy as np


        def f(values: np.ndarray):
            out = np.zeros(len(values))
            out[0] = values[0]
            out[1:] = values[1:] * 2
            np.add.accumulate(out, out=out)
            return out
        """,
    leaves="""
        import numpy as np


        def f(values: np.ndarray):
            out = np.zeros(len(values))
            for i in range(2, len(values)):
                out[i] = out[i - 2] + values[i]
            return out
        """,
    calls=("np.arange(5) / 3", "np.array([1.5])", "np.array([])"),
)
def numpy_running_to_accumulate(function: Function) -> Iterator[Rewrite]:
    numpy = numpy_name(function)
    for loop in function.loops():
        match loop:
            case ast.For(target=ast.Name(id=index), body=[ast.Assign() | ast.AugAssign() as step]):
                axis = axis_of(function, loop)
            case _:
                continue
        if axis is None or axis.low != 1 or numpy is None or loop.orelse:
            continue
        found = _running(function, step, index)
        used_after = any(not function.within(use, loop) for use in function.uses(index))
        if found is None or used_after or index in function.captured:
            continue
        array, ufunc, value = found
        lines = [f"{numpy}.{ufunc}.accumulate({array}, out={array})"]
        if axis.part(function, array, 0, 0) != "1:":
            continue
        if value is not None:
            try:
                lines.insert(0, f"{array}[1:] = {_on_all(function, numpy, axis, array, value)}")
            except NotVectorisedError:
                continue
        reason = "numpy adds each to the one before it in compiled code."
        yield Rewrite((function.replace(loop, "\n".join(lines)),), reason)


def _on_all(function: Function, numpy: str, axis: Axis, array: str, value: ast.expr) -> str:
    vectors = Vectors(function, numpy, [axis], {axis.index or ""}, {array: ""})
    text = vectors.text(value)
    if not vectors.arrays_read:
        raise NotVectorisedError
    return text


def _running(
    function: Function, step: ast.Assign | ast.AugAssign, index: str
) -> tuple[str, str, ast.expr | None] | None:
    """(array, ufunc, value) of `a[i] = a[i - 1] + value`; no value where it is `a[i]` itself."""
    target = step.target if isinstance(step, ast.AugAssign) else step.targets[0]
    array, indices = flattened(target)
    if array is None or [ast.unparse(item) for item in indices] != [index]:
        return None
    before, own = f"{array}[{index} - 1]", f"{array}[{index}]"
    match step:
        case ast.AugAssign(op=ast.Add(), value=value):
            sides, ufunc = [ast.parse(own, mode="eval").body, value], "add"
        case ast.Assign(value=ast.BinOp(left=left, op=ast.Add(), right=right)):
            sides, ufunc = [left, right], "add"
        case ast.Assign(value=ast.Call(func=ast.Name(id="max" | "min" as name), args=[a, b])):
            sides, ufunc = [a, b], {"max": "maximum", "min": "minimum"}[name]
        case _:
            return None
    texts = [ast.unparse(side) for side in sides]
    if before not in texts or not is_array(function, array):
        return None
    value = sides[1 - texts.index(before)]
    return array, ufunc, None if ast.unparse(value) == own else value
