"""What a reader of a view holds: the public one does without the restricted part."""

from dataclasses import replace
from typing import TypeVar

from services.events.contracts.entries import Current, Entry
from services.events.contracts.vocabulary import View

_Seen = TypeVar("_Seen", Entry, Current)


def as_seen(told: _Seen, view: View) -> _Seen:
    """The entry or record as the view shows it."""
    if view is View.INTERNAL:
        return told
    if isinstance(told, Entry):
        return replace(told, restricted=None, restricted_changes=())
    return replace(told, restricted=None)
