"""The second pass: links between rows that the first pass could not write, because one row comes before the other."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from services.events.contracts.organisation import Relation, as_document
from services.problems import FieldError, Problem
from services.registry.commands import ChangeOrganisation
from services.registry.handlers.changes import change_organisation
from services.registry.importing.report import Outcome
from services.registry.importing.rows import TARGET_REF, PendingLink, Row
from services.registry.unit import Unit


@dataclass(frozen=True, slots=True)
class Linked:
    """A row that has links to other rows, and whose organisation is in the registry."""

    row: Row
    id: str
    outcome: Outcome


@dataclass(slots=True)
class Links:
    """What became of a row's links in the second pass."""

    number: int
    links: int = 0
    errors: list[FieldError] = field(default_factory=list)


def add_links(unit: Unit, linked: Linked, ids: Mapping[str, str]) -> Links:
    """Add the row's links that its organisation does not have yet.

    Of a row that was imported before only when nobody has changed the organisation since: then an earlier run stopped
    before its second pass. Otherwise a link that is not there may have been removed on purpose.
    """
    result = Links(linked.row.number, errors=list(_unresolved(linked.row, ids)))
    stored = unit.organisations.load(linked.id)
    if linked.outcome is Outcome.UNCHANGED and stored.version > 1:
        return result
    before = stored.organisation.relations
    wanted = tuple(dict.fromkeys((*before, *resolved(linked.row, ids))))
    if len(wanted) > len(before):
        patch = {"relations": [as_document(relation) for relation in wanted]}
        try:
            unit.transaction.attempt(lambda: change_organisation(unit, ChangeOrganisation(id=linked.id, patch=patch)))
            result.links = len(wanted) - len(before)
        except Problem as problem:
            result.errors += problem.errors or [FieldError("/relations", problem.code(), problem.detail)]
    return result


def resolved(row: Row, ids: Mapping[str, str]) -> Iterator[Relation]:
    """The row's links whose other row is in the registry."""
    return (
        Relation.model_validate(link.relation | {"target": ids[link.target_ref]})
        for link in row.links
        if link.target_ref in ids
    )


def _unresolved(row: Row, ids: Mapping[str, str]) -> Iterator[FieldError]:
    return (_leads_nowhere(link) for link in row.links if link.target_ref not in ids)


def _leads_nowhere(link: PendingLink) -> FieldError:
    remedy = (
        f"No row that is in the registry has the ref {link.target_ref[:100]!r}: correct it, or import that row first."
    )
    return FieldError(f"/relations/{link.index}/{TARGET_REF}", "unknown_ref", remedy)
