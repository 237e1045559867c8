"""What a prompt says of a target over a whole run, kept beside its baseline under the same key."""

import hashlib
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import perfbot
from perfbot.optimizer.sealed import DamagedError, read_sealed, write_sealed
from perfbot.optimizer.session import Say, Session
from perfbot.sandbox.host import cache_folder

if TYPE_CHECKING:
    from perfbot.agents.context import Section


def background_of(session: Session, say: Say = lambda _text: None) -> "list[Section]":
    """The sections about the target, from an earlier run on the same content or made now."""
    from perfbot.agents import context
    from perfbot.agents.context import Section, background
    from perfbot.optimizer.planner import facts_of, machine_of

    path = cache_folder() / "backgrounds" / session.key
    maker = hashlib.sha256(Path(context.__file__).read_bytes()).hexdigest()
    made_by = [machine_of(session), perfbot.__version__, maker]
    try:
        kept = read_sealed(path)
        if kept is not None and kept["made by"] == made_by:
            return [Section(**item) for item in kept["sections"]]
    except (DamagedError, KeyError, TypeError):
        say("warning: what was kept of the prompt is damaged; it is made anew")
    sections = background(session.target, facts_of(session))
    document = {"made by": made_by, "sections": [asdict(item) for item in sections]}
    write_sealed(path, document)
    return sections
