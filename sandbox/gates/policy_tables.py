"""What the policy gate refuses by name. Data only; `policy` and `policy_state` say how it is read.

The categories (the keys of `--allow`) follow DESIGN section 5; the names are those that let wrong
code through in other optimizers, and those that reach outside the call by a detour.
"""

PURE_MODULES = frozenset(
    {
        *("__future__", "abc", "array", "base64", "binascii", "bisect", "builtins", "calendar"),
        *("cmath", "collections", "colorsys", "contextlib", "copy", "csv", "dataclasses"),
        *("datetime", "decimal", "difflib", "enum", "fractions", "functools", "graphlib"),
        *("hashlib", "heapq", "hmac", "html", "io", "itertools", "json", "keyword", "math"),
        *("numbers", "operator", "re", "statistics", "string", "struct", "textwrap", "types"),
        *("typing", "unicodedata", "urllib.parse", "zlib"),
    }
)
"""Modules whose import no honest speedup has to explain."""

CATEGORY_OF_MODULE = {
    **dict.fromkeys(
        ("os", "posix", "nt", "pathlib", "shutil", "tempfile", "glob", "fileinput", "zipfile",
         "tarfile", "sqlite3", "dbm", "shelve", "linecache", "posixpath", "ntpath", "fcntl"),
        "files",
    ),
    **dict.fromkeys(
        ("subprocess", "multiprocessing", "threading", "_thread", "concurrent", "asyncio",
         "signal", "atexit", "sched", "queue", "selectors", "pty", "contextvars"),
        "processes",
    ),
    **dict.fromkeys(
        ("socket", "ssl", "urllib", "http", "ftplib", "smtplib", "requests", "httpx", "aiohttp",
         "socketserver", "xmlrpc", "webbrowser"),
        "network",
    ),
    **dict.fromkeys(
        ("inspect", "gc", "sys", "traceback", "dis", "tracemalloc", "faulthandler", "weakref",
         "symtable", "site", "opcode"),
        "introspection",
    ),
    **dict.fromkeys(("ctypes", "cffi", "_ctypes", "mmap", "numba", "cython"), "native"),
    **dict.fromkeys(
        ("importlib", "imp", "_imp", "pkgutil", "runpy", "zipimport", "modulefinder"), "imports"
    ),
    **dict.fromkeys(("code", "codeop", "ast"), "evaluation"),
    **dict.fromkeys(
        ("pickle", "_pickle", "marshal", "copyreg", "dill", "cloudpickle"), "pickle"
    ),
    **dict.fromkeys(("time", "timeit", "resource", "profile", "cProfile"), "timers"),
    **dict.fromkeys(
        ("unittest", "pytest", "_pytest", "hypothesis", "doctest", "nose"), "tests"
    ),
    **dict.fromkeys(("random", "secrets", "uuid"), "random"),
    "warnings": "warnings",
}  # fmt: skip
"""Modules that are refused when new, with the category that would allow them."""

HIDDEN_MODULES = frozenset(CATEGORY_OF_MODULE) - {
    *("ast", "code", "concurrent", "glob", "http", "queue", "random", "resource", "sched"),
    *("selectors", "signal", "site", "time", "urllib", "profile", "dis", "warnings", "tests"),
}
"""Modules that must not be reached as an attribute of another one, as `re.sys` is."""

CATEGORY_OF_CALLABLE = {
    "datetime.datetime.now": "timers",
    "datetime.datetime.utcnow": "timers",
    "datetime.datetime.today": "timers",
    "datetime.date.today": "timers",
    "io.open": "files",
    "io.open_code": "files",
    "io.FileIO": "files",
    "contextlib.redirect_stdout": "patching",
    "contextlib.redirect_stderr": "patching",
    "contextlib.chdir": "files",
    "decimal.getcontext": "patching",
    "decimal.setcontext": "patching",
    "decimal.DefaultContext": "patching",
    "types.FunctionType": "introspection",
    "types.LambdaType": "introspection",
    "types.CodeType": "introspection",
    "types.CellType": "introspection",
    "types.ModuleType": "introspection",
    "types.new_class": "classes",
    "types.prepare_class": "classes",
    "typing.get_type_hints": "evaluation",
    "numpy.load": "files",
    "numpy.save": "files",
    "numpy.fromfile": "files",
    "numpy.loadtxt": "files",
    "numpy.savetxt": "files",
    "numpy.genfromtxt": "files",
    "numpy.memmap": "files",
    "numpy.ctypeslib": "native",
    "numpy.lib.format": "files",
    "numpy.seterr": "patching",
    "numpy.seterrcall": "patching",
    "numpy.random.seed": "random",
}

HARMLESS_IN_MODULE = frozenset(
    {
        *("sys.maxsize", "sys.version_info", "sys.byteorder", "sys.float_info", "sys.hexversion"),
        *("sys.maxunicode", "sys.int_info", "sys.hash_info", "sys.intern", "sys.platform"),
        *("os.path.join", "os.path.basename", "os.path.dirname", "os.path.splitext", "os.sep"),
        *("os.path.split", "os.path.normpath", "os.path.commonprefix", "os.path.isabs"),
        *("os.path", "os.fspath", "os.linesep", "os.path.sep", "urllib.parse"),
        *("pathlib.PurePath", "pathlib.PurePosixPath", "pathlib.PureWindowsPath"),
        *("time.struct_time", "random.Random", "asyncio.CancelledError"),
    }
)
"""What may be used anew of a module that the file imports already, though it is refused above."""

CATEGORY_OF_BUILTIN = {
    **dict.fromkeys(("eval", "exec", "compile"), "evaluation"),
    **dict.fromkeys(("open", "input"), "files"),
    **dict.fromkeys(
        ("exit", "quit", "breakpoint", "help", "SystemExit", "KeyboardInterrupt",
         "GeneratorExit", "copyright", "credits", "license"),
        "exit",
    ),
    **dict.fromkeys(("globals", "locals", "vars"), "namespaces"),
    **dict.fromkeys(("setattr", "delattr"), "patching"),
    "__import__": "imports",
}  # fmt: skip

FRAME_ATTRIBUTES = frozenset(
    {
        *("f_back", "f_locals", "f_globals", "f_builtins", "f_code", "f_trace", "tb_frame"),
        *("tb_next", "gi_frame", "gi_code", "gi_yieldfrom", "cr_frame", "cr_code", "ag_frame"),
        *("ag_code", "co_consts", "co_code", "func_globals", "func_code", "_getframe"),
        *("with_traceback", "mro", "modules", "meta_path", "path_hooks", "cell_contents"),
    }
)
"""Attributes that lead out of the call, whatever object they are asked of."""

HARMLESS_DUNDERS = frozenset(
    {
        *("__name__", "__qualname__", "__doc__", "__len__", "__getitem__", "__contains__"),
        *("__iter__", "__next__", "__reversed__", "__call__", "__init__", "__new__"),
        *("__post_init__", "__repr__", "__str__", "__format__", "__bool__", "__int__", "__float__"),
        *("__complex__", "__index__", "__abs__", "__neg__", "__pos__", "__invert__", "__round__"),
        *("__trunc__", "__floor__", "__ceil__", "__add__", "__sub__", "__mul__", "__truediv__"),
        *("__floordiv__", "__mod__", "__divmod__", "__pow__", "__lshift__", "__rshift__"),
        *("__and__", "__or__", "__xor__", "__matmul__", "__radd__", "__rsub__", "__rmul__"),
        *("__rtruediv__", "__rfloordiv__", "__rmod__", "__rpow__", "__rand__", "__ror__"),
        *("__rxor__", "__rlshift__", "__rrshift__", "__lt__", "__le__", "__gt__", "__ge__"),
        *("__eq__", "__ne__", "__hash__", "__slots__", "__missing__", "__setitem__", "__delitem__"),
        *("__iadd__", "__isub__", "__imul__", "__enter__", "__version__", "__debug__"),
    }
)
"""Double-underscore attributes that only spell an operator or a plain fact."""

METHODS_OF_NEW_CLASSES = frozenset(
    {
        *("__init__", "__post_init__", "__repr__", "__str__", "__iter__", "__next__", "__len__"),
        *("__getitem__", "__setitem__", "__delitem__", "__contains__", "__call__", "__bool__"),
        *("__lt__", "__missing__", "__slots__", "__match_args__", "__doc__", "__new__", "__add__"),
        *("__sub__", "__mul__", "__neg__", "__index__", "__int__", "__float__", "__reversed__"),
    }
)
"""What a new class may define; `__eq__` and its like could deceive a comparison."""

MUTATING_METHODS = frozenset(
    {
        *("append", "extend", "insert", "add", "update", "setdefault", "pop", "popitem"),
        *("clear", "remove", "discard", "appendleft", "extendleft", "popleft", "sort"),
        *("reverse", "rotate", "subtract", "move_to_end", "send", "throw", "close", "write"),
        *("difference_update", "intersection_update", "symmetric_difference_update"),
        *("__setitem__", "__delitem__", "__iadd__", "__next__", "__setattr__", "__init__"),
        *("writelines", "fill", "resize", "put", "itemset", "setflags", "seed", "shuffle"),
    }
)

MUTATING_FUNCTIONS = frozenset(
    {
        *("operator.setitem", "operator.delitem", "operator.iadd", "operator.ior"),
        *("operator.iconcat", "operator.isub", "heapq.heappush", "heapq.heappop"),
        *("heapq.heapify", "heapq.heapreplace", "heapq.heappushpop", "bisect.insort"),
        *("bisect.insort_left", "bisect.insort_right", "random.shuffle", "next", "setattr"),
        *("delattr", "copy.replace", "collections.deque.append"),
    }
)

READING_METHODS = frozenset(
    {
        *("get", "items", "keys", "values", "index", "count", "copy", "issubset", "issuperset"),
        *("isdisjoint", "union", "intersection", "difference", "symmetric_difference"),
        *("__contains__", "__getitem__", "__len__", "__iter__"),
    }
)
"""Methods of tables that leave them as they are."""

IMMUTABLE_MAKERS = frozenset(
    {
        *("re.compile", "frozenset", "tuple", "range", "bytes", "int", "float", "str", "bool"),
        *("complex", "len", "sum", "min", "max", "abs", "round", "pow", "ord", "chr", "hash"),
        *("decimal.Decimal", "fractions.Fraction", "struct.Struct", "operator.itemgetter"),
        *("operator.attrgetter", "operator.methodcaller", "functools.partial", "object"),
        *("collections.namedtuple", "typing.NamedTuple", "typing.TypeVar", "typing.cast"),
        *("struct.calcsize", "divmod", "slice", "type", "math.sqrt", "math.log", "math.factorial"),
        *("types.MappingProxyType", "enum.Enum", "typing.NewType", "math.comb", "math.log2"),
    }
)

MUTABLE_MAKERS = frozenset(
    {"list", "dict", "set", "sorted", "bytearray", "dict.fromkeys", "str.maketrans",
     "bytes.maketrans", "array.array", "collections.Counter", "collections.deque",
     "collections.OrderedDict", "enumerate", "zip", "map", "filter"}
)  # fmt: skip
"""Calls whose result a module may hold as a table, if nothing ever changes it."""

CACHES = frozenset(
    {"functools.cache", "functools.lru_cache", "functools.cached_property",
     "functools.singledispatch"}
)  # fmt: skip
