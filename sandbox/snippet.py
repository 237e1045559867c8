"""A counterexample as a script: it shows the difference in a plain interpreter."""

from perfbot.sandbox.drivers.unwire import decode
from perfbot.sandbox.drivers.values import WireError
from perfbot.sandbox.snippet_ways import look
from perfbot.sandbox.target import Target
from perfbot.sandbox.value_code import VIEWED, NoSourceError, Writer

SCRIPT = """\
{imports}
{functions}
# Where the project's modules lie: run this in its folder, with its own Python.
sys.path[:0] = {roots!r}
ORIGINAL = {original!r}
EDIT = {edit!r}


def call():
    from {module} import {top}
{brought}
{shared}
    return {qualname}, {args}, {kwargs}


class Version(importlib.machinery.SourceFileLoader):
    # Answers for the module with the text of one version.
    def __init__(self, source):
        super().__init__({module!r}, os.path.abspath({path!r}))
        self.source = source

    def find_spec(self, name, path=None, target=None):
        if name != {module!r}:
            return None
        places = [os.path.dirname(self.path)] if self.path.endswith("__init__.py") else None
        return importlib.util.spec_from_file_location(
            name, self.path, loader=self, submodule_search_locations=places)

    def get_code(self, name):
        return self.source_to_code(self.source.encode(), self.path)


def told(value, known=()):
    # A value in words: an object by its class and state, as its repr may name its address.
    kind = type(value)
    if id(value) in known:
        return "..."
    known = (*known, id(value))
    text = None
    if hasattr(value, "tobytes") and hasattr(value, "tolist") and hasattr(value, "shape"):
        text = f"({{value.tolist()!r}}, {{getattr(value, 'dtype', '')}}, {{value.shape}})"
    elif isinstance(value, dict):
        pairs = [f"{{told(key, known)}}: {{told(item, known)}}" for key, item in value.items()]
        text = "{{" + ", ".join(pairs) + "}}"
    elif isinstance(value, (list, tuple)):
        inner = ", ".join(told(item, known) for item in value)
        text = f"[{{inner}}]" if isinstance(value, list) else f"({{inner}},)"
    elif isinstance(value, (set, frozenset)):
        text = "{{" + ", ".join(sorted(told(item, known) for item in value)) + "}}"
    elif hasattr(kind, "__next__"):
        text = f"[{{', '.join(told(item, known) for item in value)}}]"
    held = [] if isinstance(value, type) or callable(value) else state_of(value, known)
    if text is None:
        text = "" if held else re.sub(" at 0x[0-9a-f]+", "", repr(value))
    plain = kind in (list, tuple, dict, set) or not (held or text[:1] in tuple("([{{"))
    return ("" if plain else kind.__name__) + text + (f"({{', '.join(held)}})" if held else "")


def state_of(value, known):
    names = [name for owner in type(value).__mro__ for name in owner.__dict__.get("__slots__", ())]
    held = [(name, getattr(value, name, None)) for name in names if isinstance(name, str)]
    try:
        held += object.__getattribute__(value, "__dict__").items()
    except AttributeError:
        pass
    return [f"{{name}}={{told(item, known)}}" for name, item in held]


{look}

def outcome(source):
    sys.meta_path.insert(0, Version(source))
    signal.alarm(10)
    function, args, kwargs = call()
    out = io.StringIO()
    with contextlib.redirect_stdout(out), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            value = look(function, args, kwargs, out.getvalue)
            same = any(value is item for item in (*args, *kwargs.values()))
            found = "returned " + told(value) + " (an argument itself)" * same
        except BaseException as error:
            found = f"raised {{type(error).__name__}}{{told(error.args)}}"
    found += f"; its arguments are then {{told(args)}}, {{told(kwargs)}}"
    found += f"; it printed {{out.getvalue()!r}}" if out.getvalue() else ""
    return found + (f"; it warned {{[str(item.message) for item in caught]}}" if caught else "")


def answer(source):
    # In a process of its own, so that neither version sees what the other left behind.
    reading, writing = os.pipe()
    if not os.fork():
        os.close(reading)
        try:
            text = outcome(source)
        except BaseException as error:
            text = repr(error)
        with open(writing, "w", errors="backslashreplace") as file:
            file.write(text)
        os._exit(0)
    os.close(writing)
    with open(reading) as file:
        return file.read() or "no answer in 10 s"


before, after = answer(ORIGINAL), answer(EDIT)
print("original:", before)
print("edit:    ", after)
sys.exit(before != after)
"""
HEAD = (
    '"""Shows a call on which two versions of {qualname} differ: exits with 1 if they do."""\n'
    "from __future__ import annotations"
)
MODULES = (
    "import asyncio, contextlib, importlib.machinery, importlib.util, inspect, io, operator, os\n"
    "import re, signal, sys, types, warnings"
)


def snippet(target: Target, edit_source: str, inputs: bytes, way: str = "once") -> str:
    """A script that shows the difference in a plain interpreter, or "" where none can be written.

    It runs in the project's folder, with the project's interpreter. None can be written for
    arguments that no source makes: nameless functions, objects that hold themselves. `way`: how
    the call is looked at, as `Runner.call` has it.
    """
    writer = Writer()
    try:
        args, kwargs = decode(inputs)
        texts = writer.write(tuple(args), kwargs)
    except (WireError, ValueError, NoSourceError):
        return ""
    head = HEAD.format(qualname=target.qualname)
    numpy = ["import numpy"] if VIEWED in writer.functions else []
    return SCRIPT.format(
        imports="\n".join([head, MODULES, *numpy]) + "\n",
        functions="".join(f"\n\n{text}" for text in writer.functions) + "\n",
        look=look(way),
        roots=list(dict.fromkeys((target.import_root, "."))),
        original=target.file_source,
        edit=edit_source,
        module=target.module,
        top=target.qualname.partition(".")[0],
        brought="\n".join(f"    {line}" for line in writer.imports),
        shared="\n".join(f"    {line}" for line in writer.shared),
        qualname=target.qualname,
        args=texts[0],
        kwargs=texts[1],
        path=target.path,
    )
