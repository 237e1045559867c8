"""A source text, loaded by the Python driver in a sandbox."""

import sys
import textwrap
from pathlib import Path
from typing import Any

from perfbot.sandbox.drivers.unwire import decode
from perfbot.sandbox.drivers.wire import encode
from perfbot.sandbox.languages.python import locate
from perfbot.sandbox.outcome import Outcome, Runner
from perfbot.sandbox.project import Project
from perfbot.sandbox.worker import Zygote


class Version:
    """A source text, loaded; `call` gives its outcomes."""

    def __init__(self, root: Path, zygote: Zygote, source: str, qualname: str) -> None:
        source = textwrap.dedent(source)
        (root / "mod.py").write_text(source)
        target = locate(root, "mod.py", qualname, import_root=".")
        project = Project(root, Path(sys.executable))
        self.runner = Runner(project, target, source, hash_seed=0, zygote=zygote)
        assert self.runner.start() is None

    def call(self, *args: Any, way: str = "once", **kwargs: Any) -> Outcome:
        return self.runner.call(encode([args, kwargs]), cpu_s=10, way=way)

    def value(self, *args: Any) -> Any:
        found = self.call(*args)
        assert found.status == "return", found
        return found.parts()[0]

    def effects(self, *args: Any) -> dict[str, Any]:
        found: dict[str, Any] = decode(self.call(*args).effects)
        return found

    def covered(self, *calls: tuple[Any, ...]) -> dict[str, Any]:
        worker = self.runner.worker
        assert worker is not None
        worker.request("cover")
        for args in calls:
            worker.request("call", inputs=encode([args, {}]))
        report: dict[str, Any] = worker.request("covered")
        return report
