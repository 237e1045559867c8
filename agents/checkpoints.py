"""Where the graph's checkpoints lie, and how they are kept from being read or sent elsewhere."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from perfbot.sandbox.errors import MachineError

if TYPE_CHECKING:
    from langgraph.checkpoint.sqlite import SqliteSaver

CHECKPOINTS = "graph.sqlite"


@contextmanager
def untraced() -> Iterator[None]:
    """Keep LangGraph from sending the run to a tracing service that the environment names."""
    os.environ["LANGGRAPH_STRICT_MSGPACK"] = "true"  # read on import: no code from a checkpoint
    for name in ("LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING_V2"):
        os.environ[name] = "false"
    os.environ.pop("LANGCHAIN_TRACING", None)
    os.environ.pop("LANGCHAIN_HANDLER", None)
    from langsmith import tracing_context

    with tracing_context(enabled=False):
        yield


@contextmanager
def checkpoints(folder: Path) -> Iterator["SqliteSaver"]:
    """The run's checkpoint file: for its owner's eyes, written through, plain data only."""
    from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
    from langgraph.checkpoint.sqlite import SqliteSaver

    path = folder / CHECKPOINTS
    todo = f"free some disk space, then perfbot resume {folder.name}"
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise MachineError(f"{path} cannot be written: {error.strerror}", todo) from error
    try:
        with closing(sqlite3.connect(path, check_same_thread=False)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            yield SqliteSaver(connection, serde=JsonPlusSerializer(allowed_msgpack_modules=None))
    except sqlite3.DatabaseError as error:
        raise MachineError(f"the checkpoints in {path} are unusable: {error}", todo) from error
