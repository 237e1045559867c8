"""The policy gate refuses what no honest speedup needs, however it is spelt."""

from pathlib import Path

import pytest

from perfbot.sandbox.gates import policy
from perfbot.sandbox.intake import edit_from
from perfbot.sandbox.languages.python import functions, target_of
from perfbot.sandbox.target import Target
from perfbot.sandbox.verdict import Status

FILE = '''\
"""A module like many."""

import math
import os
import random
import re
import sys
import time

import numpy as np

LIMITS = {"a": 1}


class Shape:
    sides = 4


def other(x):
    return x + 1


def f(items, k=2):
    """The target."""
    out = []
    for item in items:
        if item not in out:
            out.append(item)
    return out
'''


def target() -> Target:
    """The function `f` of FILE."""
    found = next(item for item in functions(FILE) if item.qualname == "f")
    return target_of(Path("/project"), "pkg/mod.py", found, FILE, import_root=".")


def body(*lines: str) -> str:
    """The source of `f` with these lines."""
    return "\n    ".join(["def f(items, k=2):", *lines]) + "\n"


MUST_REFUSE = {
    "assigns to an attribute of a module": ("patching", body("math.sqrt = abs", "return items")),
    "patches builtins under an alias": (
        "patching",
        body("import builtins as b", "b.len = lambda x: 3", "return items"),
    ),
    "patches a module through a walrus": (
        "introspection",
        body("(m := math).sqrt = abs", "return items"),
    ),
    "patches a module through a local name": (
        "introspection",
        body("m = math", "m.sqrt = abs", "return items"),
    ),
    "patches by a comprehension's target": (
        "patching",
        body("[0 for math.pi in (3,)]", "return items"),
    ),
    "patches by a with-target": (
        "patching",
        body("import contextlib", "with contextlib.nullcontext(3) as math.pi:", "    return items"),
    ),
    "patches a class of the module": ("patching", body("Shape.sides = 3", "return items")),
    "patches the class of an argument": (
        "patching",
        body("type(items[0]).name = 3", "return items"),
    ),
    "keeps a memo as a function attribute": (
        "patching",
        body("f.memo = items", "return items"),
    ),
    "deletes from a module": ("patching", body("del math.pi", "return items")),
    "setattr": ("patching", body("setattr(math, 'pi', 3)", "return items")),
    "setattr handed on": ("patching", body("list(map(setattr, items, items))", "return items")),
    "globals()": ("namespaces", body("globals()['other'] = len", "return items")),
    "vars() of a module": ("introspection", body("vars(math)['pi'] = 3", "return items")),
    "a class's __dict__": ("introspection", body("Shape.__dict__", "return items")),
    "a global statement": (
        "namespaces",
        body("global LIMITS", "LIMITS = items", "return items"),
    ),
    "a global statement behind an if": (
        "namespaces",
        body("if items:", "    global _memo", "    _memo = items", "return items"),
    ),
    "sys.modules": ("introspection", body("sys.modules['math'] = None", "return items")),
    "sys._getframe": ("introspection", body("sys._getframe(1)", "return items")),
    "inspect": ("introspection", "import inspect\n" + body("inspect.stack()", "return items")),
    "a frame of a generator": (
        "introspection",
        body("x = (i for i in items)", "return x.gi_frame.f_back"),
    ),
    "a traceback's frame": (
        "introspection",
        body("try:", "    1 / 0", "except ZeroDivisionError as e:", "    t = e.__traceback__"),
    ),
    "__globals__": ("introspection", body("other.__globals__['len'] = 3", "return items")),
    "__code__": ("introspection", body("other.__code__ = f.__code__", "return items")),
    "__closure__": ("introspection", body("return (lambda: k).__closure__")),
    "__subclasses__": (
        "introspection",
        body("return ().__class__.__base__.__subclasses__()"),
    ),
    "the module behind a builtin": ("introspection", body("len.__self__", "return items")),
    "__builtins__": ("introspection", body("__builtins__['len'] = 3", "return items")),
    "a computed getattr": (
        "introspection",
        body('return getattr(f, "__glo" + "bals__")'),
    ),
    "getattr under another name": ("introspection", body("g = getattr", "return g(f, 'x')")),
    "a forbidden name in a literal getattr": (
        "introspection",
        body('return getattr(f, "__globals__")'),
    ),
    "a forbidden name in a format": (
        "introspection",
        body('return "{0.__globals__}".format(f)'),
    ),
    "attrgetter of a computed name": (
        "introspection",
        "import operator\n" + body("return operator.attrgetter('__' + 'code__')(f)"),
    ),
    "a module through another module": ("introspection", body("re.sys.exit()", "return items")),
    "a hidden module by from-import": (
        "introspection",
        "from statistics import sys as s\n" + body("return s"),
    ),
    "gc": ("introspection", body("import gc", "gc.disable()", "return items")),
    "ctypes": ("native", "import ctypes\n" + body("return ctypes.pythonapi")),
    "mmap": ("native", "from mmap import mmap\n" + body("return mmap")),
    "an import hook": ("introspection", body("sys.meta_path.append(k)", "return items")),
    "importlib": (
        "imports",
        "import importlib\n" + body("return importlib.import_module('os')"),
    ),
    "__import__": ("imports", body("return __import__('os').getcwd()")),
    "an audit hook": ("introspection", body("sys.addaudithook(print)", "return items")),
    "eval": ("evaluation", body("return eval('items')")),
    "exec under another name": ("evaluation", body("e = exec", "e('x = 1')", "return items")),
    "compile": ("evaluation", body("return compile('1', '', 'eval')")),
    "eval from builtins": (
        "evaluation",
        "from builtins import eval as ev\n" + body("return ev('items')"),
    ),
    "pickle": ("pickle", "import pickle\n" + body("return pickle.loads(pickle.dumps(items))")),
    "marshal": ("pickle", "import marshal\n" + body("return marshal.dumps(items)")),
    "open": ("files", body("open('/tmp/x', 'w').write('1')", "return items")),
    "io.open": ("files", "import io\n" + body("io.open('/tmp/x')", "return items")),
    "os.system under another name": (
        "files",
        "from os import system as s\n" + body("s('true')", "return items"),
    ),
    "the environment": ("files", body("os.environ['X'] = '1'", "return items")),
    "pathlib": ("files", "from pathlib import Path\n" + body("return Path('x').read_text()")),
    "subprocess": ("processes", "import subprocess\n" + body("return subprocess.run(['true'])")),
    "threads": (
        "processes",
        "from concurrent.futures import ThreadPoolExecutor\n"
        + body("with ThreadPoolExecutor() as pool:", "    return list(pool.map(other, items))"),
    ),
    "multiprocessing": ("processes", "import multiprocessing as mp\n" + body("return mp.Pool()")),
    "atexit": ("processes", "import atexit\n" + body("atexit.register(print)", "return items")),
    "a socket": ("network", "import socket\n" + body("return socket.socket()")),
    "urllib.request": ("network", "import urllib.request\n" + body("return urllib.request")),
    "a clock": ("timers", body("time.perf_counter()", "return items")),
    "a patched clock": ("timers", body("time.perf_counter_ns = lambda: 0", "return items")),
    "today": (
        "timers",
        "from datetime import datetime\n" + body("datetime.now()", "return items"),
    ),
    "pytest": ("tests", "import pytest\n" + body("pytest.exit('done')", "return items")),
    "sys.exit": ("introspection", body("sys.exit(0)", "return items")),
    "SystemExit": ("exit", body("raise SystemExit")),
    "exit": ("exit", body("exit()")),
    "the recursion limit": (
        "introspection",
        body("sys.setrecursionlimit(10**6)", "return items"),
    ),
    "the switch interval": (
        "introspection",
        body("sys.setswitchinterval(100)", "return items"),
    ),
    "warning filters": (
        "warnings",
        "import warnings\n" + body("warnings.simplefilter('ignore')", "return items"),
    ),
    "a seed": ("random", body("random.seed(1)", "return items")),
    "numpy's seed": ("random", body("np.random.seed(1)", "return items")),
    "numpy's error state": ("patching", body("np.seterr(all='ignore')", "return items")),
    "a class with __eq__": (
        "classes",
        body("class Any:", "    def __eq__(self, other):", "        return True", "return Any()"),
    ),
    "a helper class with __hash__": (
        "classes",
        "class Same(int):\n    __hash__ = lambda self: 1\n" + body("return Same(3)"),
    ),
    "a class that lies about itself": (
        "classes",
        body("class L:", "    __class__ = list", "return L()"),
    ),
    "__reduce__": (
        "classes",
        body("class R:", "    def __reduce__(self):", "        return list, ()", "return R()"),
    ),
    "__instancecheck__ in a metaclass": (
        "classes",
        body("class M(type):", "    pass", "class C(metaclass=M):", "    pass", "return C()"),
    ),
    "a class made by type()": (
        "classes",
        body("return type('X', (int,), {'__e' + 'q__': lambda a, b: True})(3)"),
    ),
    "__del__": (
        "classes",
        body("class D:", "    def __del__(self):", "        pass", "return D()"),
    ),
    "a memo in a module-level dict": (
        "state",
        "_MEMO = {}\n"
        + body("if k not in _MEMO:", "    _MEMO[k] = list(items)", "return _MEMO[k]"),
    ),
    "a memo through a local alias": (
        "state",
        "_MEMO = {}\n" + body("m = _MEMO", "m[k] = items", "return items"),
    ),
    "a memo through a bound method": (
        "state",
        "_MEMO = []\n" + body("push = _MEMO.append", "push(items)", "return items"),
    ),
    "a memo through an unbound method": (
        "state",
        "_MEMO = []\n" + body("list.append(_MEMO, items)", "return items"),
    ),
    "a memo through operator.setitem": (
        "state",
        "import operator\n_MEMO = {}\n" + body("operator.setitem(_MEMO, 1, items)", "return items"),
    ),
    "a memo through a helper's parameter": (
        "state",
        "_MEMO = {}\ndef _put(d, v):\n    d[1] = v\n" + body("_put(_MEMO, items)", "return items"),
    ),
    "a memo in what the file has": ("state", body("LIMITS['x'] = 3", "return items")),
    "a memo in a helper's default": (
        "state",
        "def _h(x, memo={}):\n    return memo.setdefault(x, x)\n" + body("return _h(k)"),
    ),
    "a memo in a class attribute": (
        "state",
        "class _C:\n    memo = {}\n" + body("_C.memo[k] = items", "return items"),
    ),
    "lru_cache at module level": (
        "state",
        "from functools import lru_cache\n@lru_cache(None)\ndef _h(x):\n    return x\n"
        + body("return [_h(i) for i in items]"),
    ),
    "cache called at module level": (
        "state",
        "import functools\n_h = functools.cache(len)\n" + body("return _h(items)"),
    ),
    "a counter at module level": (
        "state",
        "import itertools\n_n = itertools.count()\n" + body("next(_n)", "return items"),
    ),
    "a closure with a memo": (
        "state",
        "def _make():\n    memo = {}\n    def look(x):\n        return memo.setdefault(x, x)\n"
        "    return look\n_look = _make()\n" + body("return [_look(i) for i in items]"),
    ),
    "an object with state": (
        "state",
        "class _S:\n    def hit(self):\n        self.n = 1\n_s = _S()\n"
        + body("_s.hit()", "return items"),
    ),
    "a memo in a nested default": (
        "state",
        "_M = {}\n" + body("def g(c=_M):", "    c[1] = 2", "g()", "return items"),
    ),
    "a memo handed to a lambda": (
        "state",
        "_M = []\n" + body("(lambda c: c.append(1))(_M)", "return items"),
    ),
    "a memo merged in place": ("state", "_M = {}\n" + body("m = _M", "m |= {1: k}", "return m")),
    "a memo inside a table": (
        "state",
        "_M = [{}]\n" + body("for m, i in zip(_M, items):", "    m[k] = i", "return items"),
    ),
    "a memo inside a tuple": (
        "state",
        "_M = ({},)\n" + body("def g(t):", "    t[0][1] = 2", "g(_M)", "return items"),
    ),
    "a memo in a partial": (
        "state",
        "import functools\n_h = functools.partial(dict.setdefault, {})\n"
        + body("return _h(k, items)"),
    ),
    "a memo in a bound method": (
        "state",
        "_h = {}.setdefault\n" + body("return _h(k, items)"),
    ),
    "a memo behind a context manager": (
        "state",
        "import contextlib\n_M = {}\n"
        + body("with contextlib.nullcontext(_M) as m:", "    m[k] = 1", "return items"),
    ),
    "a memo in a comprehension": (
        "state",
        "_M = {}\n" + body("[m.update(a=1) for m in [_M]]", "return items"),
    ),
    "a memo that a helper gives away": (
        "state",
        "_M = {}\ndef _get():\n    return _M\n" + body("_get()[k] = 1", "return items"),
    ),
    "a memo shared by a class": (
        "state",
        "class _C:\n    memo = {}\n    def get(self, k):\n        return self.memo\n"
        + body("return _C().get(k)"),
    ),
    "a generator that goes on": (
        "state",
        "def _gen():\n    yield 1\n_g = _gen()\n" + body("next(_g)", "return items"),
    ),
    "type under another name": ("classes", "_t = type\n" + body("return _t('X', (), {})")),
    "setattr of object": ("introspection", body("object.__setattr__(k, 'x', 1)", "return items")),
    "the module's loader": ("introspection", body("return __spec__.loader")),
    "a memo on an argument": ("state", body("items.memo = 3", "return items")),
    "a bare except": (
        "exceptions",
        body("try:", "    return items", "except:", "    return other(items)"),
    ),
    "except Exception": (
        "exceptions",
        body("try:", "    return items", "except Exception:", "    return other(items)"),
    ),
    "BaseException among others": (
        "exceptions",
        body("try:", "    return items", "except (KeyError, BaseException):", "    pass"),
    ),
    "except of an alias": (
        "exceptions",
        body("E = Exception", "try:", "    return items", "except E:", "    pass"),
    ),
    "suppress(Exception)": (
        "exceptions",
        "import contextlib\n" + body("with contextlib.suppress(Exception):", "    return items"),
    ),
    "return in finally": (
        "exceptions",
        body("try:", "    return items", "finally:", "    return []"),
    ),
    "a new dependency": ("dependencies", "import pandas as pd\n" + body("return pd.unique(items)")),
    "a star import": ("imports", "from math import *\n" + body("return items")),
    "a clock in a lambda's default": (
        "timers",
        body("h = lambda t=time.time(): t", "return h()"),
    ),
    "a clock in a match guard": (
        "timers",
        body("match items:", "    case [] if time.time():", "        return 1", "return items"),
    ),
    "a clock in an f-string": ("timers", body("return f'{time.time()!r:>{k}}'")),
    "stdout taken away": (
        "patching",
        "import contextlib\n" + body("with contextlib.redirect_stdout(None):", "    return items"),
    ),
    "the decimal context": (
        "patching",
        "import decimal\n" + body("decimal.getcontext().prec = 3", "return items"),
    ),
    "a function made from code": (
        "introspection",
        "import types\n" + body("return types.FunctionType(k, {})"),
    ),
}


@pytest.mark.parametrize("name", MUST_REFUSE)
def test_refuses(name: str) -> None:
    """Each of these is refused under its category, with a line."""
    category, text = MUST_REFUSE[name]
    evidence = policy.check(target(), edit_from(target(), text))
    assert evidence.status is Status.REFUTED
    assert category in {item[0] for item in evidence.data["refused"]}, evidence.detail
    assert "new in line" in evidence.detail
