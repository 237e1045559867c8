"""What a search's checkpoint holds, and what is read from it."""

from typing import Annotated, Any, TypedDict

from perfbot.agents.search import Archive, ArchiveView, ProposalSpec


def _merged(left: dict[str, list[str]], right: dict[str, list[str]]) -> dict[str, list[str]]:
    """A step that is replayed adds what is there already: merging twice changes nothing."""
    return {**left, **right}


class State(TypedDict):
    """What a checkpoint holds: plain JSON, with edits as ids."""

    round: int
    requests: list[dict[str, Any]]
    """This round's `ProposalSpec`s."""
    children: Annotated[dict[str, list[str]], _merged]
    """The ids that each request (by its key) was answered with."""
    asked: list[dict[str, Any]]
    """Every request so far, in order, this round's too."""
    best: str | None
    stop: str | None
    elapsed_s: float
    questions: list[dict[str, Any]]
    """What a person is still to be asked of this round."""
    hinted: bool
    """A hint was given that no request to a model has carried yet."""


def of_round(state: State) -> set[str]:
    """The ids of the edits that came of this round's requests."""
    keys = [ProposalSpec(**request).key for request in state["requests"]]
    return {edit_id for key in keys for edit_id in state["children"].get(key, [])}


def open_requests(state: State) -> list[dict[str, Any]]:
    """This round's requests that have no answer yet."""
    return [
        request
        for request in state["requests"]
        if ProposalSpec(**request).key not in state["children"]
    ]


def view_of(state: State, original: str, archive: Archive) -> ArchiveView:
    """What the policy may see; `original` is the id of the unedited file."""
    requests = tuple(ProposalSpec(**request) for request in state["asked"])
    answers = {key: tuple(edit_ids) for key, edit_ids in state["children"].items()}
    children: dict[str, tuple[str, ...]] = {}
    for spec in requests:
        children[spec.parent] = children.get(spec.parent, ()) + answers.get(spec.key, ())
    return ArchiveView(original, tuple(archive.trials()), children, requests, answers)
