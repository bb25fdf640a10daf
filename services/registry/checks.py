"""Rules for every write that a document alone cannot check: against the reference tables and the rest of the registry.

A fault that the organisation had before the command does not stop it: a commune's code may have ended since, and
somebody who corrects a telephone number cannot be made to answer for that.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from services.events.contracts.organisation import Content, Organisation, PublicContent
from services.events.contracts.places import Address
from services.events.contracts.profiles import GovernmentLevel
from services.events.contracts.vocabulary import Origin, ProfileState
from services.problems import FieldError, InvalidContent
from services.reference import grid, nace
from services.reference.communes import Commune, by_postal_code, commune
from services.reference.geography import DEFAULT_TOLERANCE_M, distance_m
from services.registry.documents import changed_fields
from services.registry.numbers import check_numbers
from services.registry.publication import missing
from services.registry.relations import relation_faults
from services.registry.repository import Stored
from services.registry.unit import Author, Unit

_MUST_BE_COMPLETE = {ProfileState.SUBMITTED, ProfileState.PUBLISHED}
_NUMBERED = frozenset({"enterprise_numbers", "establishments"})
_INDEX = re.compile(r"/\d+")


def check(unit: Unit, before: Stored | None, after: Organisation) -> None:
    """Raise InvalidContent with every fault that the command brings in, or NumberTaken."""
    old = before.organisation if before else None
    changed = changed_fields(old, after)
    faults = _faults(unit, after, changed)
    if faults and old:
        known = {_kind_of(fault) for fault in _faults(unit, old, changed)}
        faults = [fault for fault in faults if _kind_of(fault) not in known]
    faults += _not_ones_own_to_say(unit.author, old, after)
    faults += _completeness_lost(old, after)
    if faults:
        raise InvalidContent("Fields of the organisation are wrong. Nothing was written.", errors=faults)
    if changed & _NUMBERED:
        check_numbers(unit.connection, after)


def check_complete(content: Content) -> None:
    """Raise InvalidContent with everything that the profile needs before it is submitted or published."""
    if faults := missing(content):
        raise InvalidContent("The profile is not complete enough to be shown. Nothing was written.", errors=faults)


def _kind_of(fault: FieldError) -> tuple[str, str, str]:
    """The fault wherever in a list it stands: a change may move it."""
    return _INDEX.sub("/*", fault.pointer), fault.code, fault.detail


def _faults(unit: Unit, content: Organisation, changed: frozenset[str]) -> list[FieldError]:
    """Those of the changed fields: what is the same as before has the faults that it had before."""
    faults = [fault for field, faults_of in _RULES.items() if field in changed for fault in faults_of(content)]
    if "relations" in changed:
        faults += relation_faults(unit.connection, content)
    return [*faults, *_provenance_faults(content)]


def _completeness_lost(before: Organisation | None, after: Organisation) -> list[FieldError]:
    """What a profile that is shown, or waits for review, had before and would lack now."""
    if before is None:
        return missing(after) if after.state in _MUST_BE_COMPLETE else []
    if not (after.state.is_public or after.state in _MUST_BE_COMPLETE):
        return []
    lacking = missing(after)
    gone = missing(before) if lacking else []
    return [fault for fault in lacking if fault not in gone]


def _address_faults(content: PublicContent) -> Iterator[FieldError]:
    for index, place in enumerate(content.establishments):
        where = f"/establishments/{index}/address"
        if place.address.country == "BE" and place.address.nis_code:
            yield from _belgian_address_faults(where, place.address, place.address.nis_code)
        elif place.address.nis_code:
            remedy = f"Leave it out: {place.address.country} has no NIS codes. Or write BE as country."
            yield FieldError(f"{where}/nis_code", "not_in_country", remedy)


def _belgian_address_faults(where: str, address: Address, code: str) -> Iterator[FieldError]:
    try:
        found = commune(code)
    except ValueError as error:
        remedy = f"{_sentence(error)} Outside Wallonia leave the code out."
        yield FieldError(f"{where}/nis_code", "unknown_commune", remedy)
        return
    yield from _postal_code_faults(where, address, found)
    if address.point is not None:
        metres = distance_m(code, address.point.longitude, address.point.latitude)
        if metres > DEFAULT_TOLERANCE_M:
            remedy = f"The point lies {metres / 1000:.1f} km outside {found.name_fr}: correct the point or the commune."
            yield FieldError(f"{where}/point", "outside_commune", remedy)


def _postal_code_faults(where: str, address: Address, found: Commune) -> Iterator[FieldError]:
    if address.postal_code is None or address.postal_code in found.postal_codes:
        return
    others = " or ".join(f"{other.nis_code} ({other.name_fr})" for other in by_postal_code(address.postal_code))
    known = f"; {address.postal_code} belongs to {others}" if others else ""
    remedy = f"{found.name_fr} has the postal codes {', '.join(found.postal_codes)}{known}."
    yield FieldError(f"{where}/postal_code", "outside_commune", remedy)


def _nace_faults(content: PublicContent) -> Iterator[FieldError]:
    for index, activity in enumerate(content.nace):
        try:
            nace.parse_code(activity.version, activity.code)
        except ValueError as error:
            yield FieldError(f"/nace/{index}/code", "unknown_code", _sentence(error))


def _axis_faults(content: PublicContent) -> Iterator[FieldError]:
    for index, axis in enumerate(content.axes):
        if not grid.is_axis(axis):
            remedy = f"The grid has no axis {axis}; it has {', '.join(grid.axes())}."
            yield FieldError(f"/axes/{index}", "unknown_code", remedy)


def _public_body_faults(content: PublicContent) -> Iterator[FieldError]:
    body = content.profiles.public_body
    if body and body.nis_code and body.level is GovernmentLevel.COMMUNE:
        try:
            commune(body.nis_code)
        except ValueError as error:
            yield FieldError("/profiles/public_body/nis_code", "unknown_commune", _sentence(error))


def _provenance_faults(content: PublicContent) -> Iterator[FieldError]:
    if not content.provenance:
        return
    fields = set(PublicContent.model_fields)
    document = content.model_dump(mode="json", include=fields, exclude_none=True)
    for index, said in enumerate(content.provenance):
        if not _exists(document, said.path):
            remedy = f"Nothing stands at {said.path}: correct the path, or leave this provenance out."
            yield FieldError(f"/provenance/{index}/path", "no_such_field", remedy)


def _exists(document: Any, path: str) -> bool:
    for name in path[1:].split("/"):
        if isinstance(document, list) and name.isdigit() and int(name) < len(document):
            document = document[int(name)]
        elif isinstance(document, dict) and name in document:
            document = document[name]
        else:
            return False
    return True


def _not_ones_own_to_say(author: Author, before: Organisation | None, after: Organisation) -> Iterator[FieldError]:
    """What only the agency and its imports may write: official data, and that a value comes from others."""
    if not author.is_organisation:
        return
    if after.official != (before.official if before else None):
        yield FieldError("/official", "read_only", "Leave it out: it comes from the Crossroads Bank for Enterprises.")
    for index, said in enumerate(after.provenance):
        if said.origin is not Origin.ORGANISATION and (before is None or said not in before.provenance):
            yield FieldError(f"/provenance/{index}/origin", "not_yours_to_say", _write_organisation("origin"))
    for index, activity in enumerate(after.nace):
        if activity.source is not Origin.ORGANISATION and (before is None or activity not in before.nace):
            yield FieldError(f"/nace/{index}/source", "not_yours_to_say", _write_organisation("source"))


_RULES: Mapping[str, Callable[[Organisation], Iterator[FieldError]]] = {
    "establishments": _address_faults,
    "nace": _nace_faults,
    "axes": _axis_faults,
    "profiles": _public_body_faults,
}
"""Rules about one field alone, by its name."""


def _write_organisation(field: str) -> str:
    return f'Write "organisation" as {field}: other sources are written by the agency and its imports.'


def _sentence(error: ValueError) -> str:
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}."
