"""Rules about links to other organisations of the registry."""

from collections.abc import Iterator

from sqlalchemy import Connection

from services.events.contracts.organisation import Organisation
from services.events.contracts.vocabulary import ProfileState
from services.problems import FieldError
from services.registry.repository import find, states_of


def relation_faults(connection: Connection, content: Organisation) -> Iterator[FieldError]:
    """Links to the organisation itself, to none, or to one that was merged: the survivor's id is written instead.

    A merged target is refused rather than replaced, so that what is stored is what was sent.
    """
    targets = {relation.target for relation in content.relations if relation.target}
    states = states_of(connection, targets) if targets else {}
    for index, relation in enumerate(content.relations):
        if relation.target is not None:
            yield from _target_faults(connection, f"/relations/{index}/target", relation.target, content.id, states)


def _target_faults(
    connection: Connection, pointer: str, target: str, own: str, states: dict[str, ProfileState]
) -> Iterator[FieldError]:
    if target == own:
        yield FieldError(pointer, "itself", "An organisation has no link to itself: name the other one.")
    elif target not in states:
        remedy = "The registry has no organisation of this id; register it first, or write its name in target_name."
        yield FieldError(pointer, "unknown_organisation", remedy)
    elif states[target] is ProfileState.MERGED:
        yield FieldError(pointer, "merged", f"This organisation was merged; write {survivor_of(connection, target)}.")


def survivor_of(connection: Connection, identifier: str) -> str:
    """The organisation that stands for this one now, however many merges ago: itself when it was not merged."""
    found = find(connection, identifier)
    survivor = found and found.document.get("merged_into")
    return survivor_of(connection, survivor) if survivor else identifier
