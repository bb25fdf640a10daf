"""The stored document of an organisation after a command: only what the command changed is put into JSON again."""

from services.events.contracts.entries import Json
from services.events.contracts.organisation import Organisation, as_document
from services.registry.repository import Stored

FIELDS = tuple(Organisation.model_fields)
"""In the order in which documents have them."""


def changed_fields(before: Organisation | None, after: Organisation) -> frozenset[str]:
    """Fields whose value was replaced, maybe by an equal one; all of them for a new organisation."""
    old = vars(before) if before else {}
    return frozenset(name for name, value in vars(after).items() if name not in old or old[name] is not value)


def document_of(before: Stored | None, after: Organisation) -> Json:
    """The document as it is stored. What is the same as before stands there word for word as it did."""
    if before is None:
        return as_document(after)
    changed = changed_fields(before.organisation, after)
    dumped = after.model_dump(mode="json", exclude_defaults=True, include=set(changed))
    kept = {name: value for name, value in before.document.items() if name not in changed}
    document = kept | dumped
    return {name: document[name] for name in FIELDS if name in document}
