"""Hashes of a subject and digests of the log by view; the tables keep them as JSON, `{"internal": …, "public": …}`.

The digests move with each entry, so they cost the same however large the log is.
"""

from collections.abc import Mapping
from typing import TypeAlias

import orjson

from services.database import dump_json
from services.events.contracts.entries import Json, Subject
from services.events.contracts.views import shown
from services.events.contracts.vocabulary import View
from services.events.log.digest import EMPTY, hash_of, replaced

Hashes: TypeAlias = Mapping[View, str]
"""The hash of a subject in each view that holds it, or the digest of each view."""

NO_HASHES: Hashes = {}


def hashes_of(subject: Subject, public: Json | None, restricted: Json | None) -> Hashes:
    """The subject's hash in each view that holds it with these documents."""
    documents = {view: shown(view, public, restricted) for view in View}
    return {view: hash_of(subject, *held) for view, held in documents.items() if held is not None}


def moved(digests: Hashes, before: Hashes, after: Hashes) -> Hashes:
    """The digests of all views after one subject's hashes became others."""
    return {
        view: replaced(digests.get(view, EMPTY), before.get(view), after.get(view)) for view in {**digests, **after}
    }


def read_hashes(text: str | None) -> Hashes:
    """Hashes as they are stored; a view that is not declared any more is left out."""
    stored: dict[str, str] = orjson.loads(text) if text else {}
    return {view: stored[view] for view in View if view in stored}


def stored_hashes(hashes: Hashes) -> str | None:
    """The text to store; none for a subject that no view holds."""
    return dump_json({view.value: hashes[view] for view in sorted(hashes)}) if hashes else None
