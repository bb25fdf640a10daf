"""What each view of the log shows of a subject: a further view is a word of `View` and a line here."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from services.events.contracts.entries import Json
from services.events.contracts.vocabulary import View

Shown: TypeAlias = tuple[Json | None, ...]
"""The documents of a subject that a view has: what its hash is made of, in this order."""

_OF_PUBLIC_SUBJECTS: Mapping[View, Callable[[Json, Json | None], Shown | None]] = {
    View.PUBLIC: lambda public, _restricted: (public,),
    View.INTERNAL: lambda public, restricted: (public, restricted),
}


def shown(view: View, public: Json | None, restricted: Json | None) -> Shown | None:
    """What the view shows of a subject with these documents; none when it does not hold the subject."""
    return None if public is None else _OF_PUBLIC_SUBJECTS[view](public, restricted)
