"""The first pass: a row becomes an organisation, or the reason why not is told."""

from collections.abc import Mapping
from typing import Any

from services.events.contracts.organisation import Content
from services.events.contracts.vocabulary import ProfileState
from services.problems import FieldError, Problem
from services.registry.commands import RegisterOrganisation
from services.registry.handlers.registration import register_organisation
from services.registry.importing.linking import resolved
from services.registry.importing.report import Outcome, RowReport
from services.registry.importing.rows import Row
from services.registry.problems import LikelyDuplicate, NumberTaken
from services.registry.publication import missing
from services.registry.relations import survivor_of
from services.registry.repository import Stored
from services.registry.unit import Unit


def register_row(unit: Unit, row: Row, ids: Mapping[str, str]) -> RowReport:
    """Register the row's organisation; `ids` has those of earlier rows by their ref."""
    ref = row.directions.ref
    if ref in ids:
        remedy = "An earlier row of the file has this ref: give each row its own."
        return _refused(row, Outcome.INVALID, [FieldError("/ref", "taken", remedy)])
    if row.id and (stored := unit.organisations.find(row.id)):
        return _known(unit, row, stored)
    lacking = missing(row.content) if row.directions.publish else []
    command = RegisterOrganisation(
        content=with_links(row, ids),
        slug=row.directions.slug,
        state=_first_state(row, lacking),
        id=row.id,
        check_duplicates=not row.directions.distinct,
    )
    try:
        outcome = unit.transaction.attempt(lambda: register_organisation(unit, command))
    except Problem as problem:
        return _not_taken(row, problem)
    links = len(command.content.relations) - len(row.content.relations)
    report = RowReport(row.number, Outcome.CREATED, ref, outcome.organisation.id, links=links)
    report.state, report.missing = outcome.organisation.state.value, lacking
    return report


def with_links(row: Row, ids: Mapping[str, str]) -> Content:
    """The content with those links to other rows whose organisations are in the registry."""
    relations = dict.fromkeys((*row.content.relations, *resolved(row, ids)))
    return row.content.model_copy(update={"relations": tuple(relations)})


def _first_state(row: Row, lacking: list[FieldError]) -> ProfileState:
    if not row.directions.publish:
        return ProfileState.DRAFT
    return ProfileState.NEEDS_INFORMATION if lacking else ProfileState.PUBLISHED


def _known(unit: Unit, row: Row, stored: Stored) -> RowReport:
    """A row that was imported before: what the registry has now may be newer than the list, so it is left alone."""
    identifier = survivor_of(unit.connection, stored.id)
    state = stored.state.value
    return RowReport(row.number, Outcome.UNCHANGED, row.directions.ref, identifier, state)


def _not_taken(row: Row, problem: Problem) -> RowReport:
    if isinstance(problem, NumberTaken):
        report = _refused(row, Outcome.DUPLICATE, problem.errors)
        report.id = (problem.members.get("organisation") or {}).get("id")
        return report
    if isinstance(problem, LikelyDuplicate):
        candidates = problem.members["candidates"]
        return _refused(row, Outcome.DUPLICATE, [_looks_like(candidate) for candidate in candidates])
    return _refused(row, Outcome.INVALID, problem.errors or [FieldError("", problem.code(), problem.detail)])


def _looks_like(candidate: Mapping[str, Any]) -> FieldError:
    why = " and ".join(candidate["why"])
    remedy = (
        f'It looks like {candidate["slug"]} ({candidate["id"]}): {why}. If it is another one, add "distinct": true.'
    )
    return FieldError("", "likely_duplicate", remedy)


def _refused(row: Row, outcome: Outcome, errors: Any) -> RowReport:
    return RowReport(row.number, outcome, row.directions.ref, errors=list(errors))
