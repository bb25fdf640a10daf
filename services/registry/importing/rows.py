"""One row: an organisation's content, and beside it what the import needs to know."""

from dataclasses import dataclass
from hashlib import blake2b
from typing import Annotated, Any

from pydantic import Field, ValidationError

from services.events.contracts.entries import Json
from services.events.contracts.organisation import Content
from services.events.contracts.values import Flag, Line, Model, Slug
from services.http.field_errors import field_errors
from services.problems import FieldError
from services.registry.importing.lines import Line as FileLine

_BASE_32 = b"abcdefghijklmnopqrstuvwxyz234567" * 8
TARGET_REF = "target_ref"


class Directions(Model):
    """Members of a row beside those of an organisation's content."""

    ref: Annotated[Line, Field(max_length=100)] | None = None
    """The row's name in its list: links of other rows lead to it, and a second run knows it again."""
    slug: Slug | None = None
    publish: Flag = False
    """Show it at once: published if it is complete, else public with more information asked for."""
    distinct: Flag = False
    """Somebody compared it with the likely duplicates: it is another organisation all the same."""


@dataclass(frozen=True, slots=True)
class PendingLink:
    """A relation to another row."""

    index: int
    """Its place among the row's relations."""
    relation: Json
    target_ref: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row that can be read; whether the registry takes it is another question."""

    number: int
    directions: Directions
    content: Content
    links: tuple[PendingLink, ...]
    id: str | None
    """The id that follows from source and ref; None for a row without ref."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be read."""

    number: int
    ref: str | None
    errors: tuple[FieldError, ...]


def read_row(line: FileLine, source: str) -> Row | BadRow:
    """The row of a line, or everything that is wrong with it."""
    if line.document is None:
        return BadRow(line.number, None, (line.error,) if line.error else ())
    given = {name: line.document[name] for name in Directions.model_fields if name in line.document}
    document, links = _without_links({name: value for name, value in line.document.items() if name not in given})
    errors = [*_errors(Directions, given), *_errors(Content, document), *_bad_links(links)]
    ref = given.get("ref")
    if errors:
        return BadRow(line.number, ref if isinstance(ref, str) else None, tuple(errors))
    directions = Directions.model_validate(given)
    identifier = id_of(source, directions.ref) if directions.ref else None
    return Row(line.number, directions, Content.model_validate(document), links, identifier)


def id_of(source: str, ref: str) -> str:
    """Id of the organisation with this ref in lists of this source: the same each time, so that nothing is doubled."""
    digest = blake2b(f"{source}\0{ref}".encode(), digest_size=16, person=b"import").digest()
    return f"org-{digest.translate(_BASE_32).decode()}"


def _errors(model: type[Model], document: Json) -> list[FieldError]:
    try:
        model.model_validate(document)
    except ValidationError as error:
        return field_errors(error.errors(include_url=False), document=document, model=model)
    return []


def _without_links(document: Json) -> tuple[Json, tuple[PendingLink, ...]]:
    """The document without its relations to other rows, which are written when both rows are in the registry."""
    relations = document.get("relations")
    if not isinstance(relations, list):
        return document, ()
    links = tuple(_link(index, relation) for index, relation in enumerate(relations) if _is_link(relation))
    others = [relation for relation in relations if not _is_link(relation)]
    return document | {"relations": others}, links


def _is_link(relation: Any) -> bool:
    return isinstance(relation, dict) and TARGET_REF in relation


def _link(index: int, relation: Json) -> PendingLink:
    rest = {name: value for name, value in relation.items() if name != TARGET_REF}
    return PendingLink(index, rest, relation[TARGET_REF])


def _bad_links(links: tuple[PendingLink, ...]) -> list[FieldError]:
    """Errors of the relations to other rows, checked as if they led to an organisation of some name."""
    errors: list[FieldError] = []
    for link in links:
        where = f"/relations/{link.index}"
        if not isinstance(link.target_ref, str):
            errors.append(FieldError(f"{where}/{TARGET_REF}", "wrong_type", "Write the ref of another row, as text."))
        elif "target" in link.relation or "target_name" in link.relation:
            remedy = "Give one of target_ref (another row), target (an organisation of the registry) and target_name."
            errors.append(FieldError(where, "two_targets", remedy))
        else:
            document = {
                "title": {"fr": "-"},
                "profiles": {"company": {}},
                "relations": [link.relation | {"target_name": "-"}],
            }
            found = _errors(Content, document)
            errors += [
                FieldError(error.pointer.replace("/relations/0", where), error.code, error.detail) for error in found
            ]
    return errors
