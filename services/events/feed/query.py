"""What a caller asks of the feed: read strictly, since a filter that is ignored or clamped would hide entries."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from services.events.contracts.catalogue import EVENT_TYPES, Event
from services.events.contracts.criteria import Criteria
from services.events.contracts.entries import Entry
from services.events.contracts.position import Position
from services.events.contracts.transitions import Change
from services.events.contracts.vocabulary import View
from services.http.field_errors import invalid_content
from services.http.json_bodies import read_json
from services.problems import FieldError, InvalidInput

BEGINNING = "1-0"
MOST_EVENTS = 1_000
LONGEST_WAIT_SECONDS = 30
_SUBJECT_KINDS = tuple(dict.fromkeys(kind.subject_kind for kind in EVENT_TYPES.values()))


def _position(text: str) -> str:
    Position.parse(text)
    return text


def _names(value: Any) -> Any:
    """`types=a,b` and `types=a&types=b` are the same."""
    return [name for part in value for name in part.split(",")] if isinstance(value, list) else value


def _event(name: str) -> str:
    for kind in EVENT_TYPES.values():
        if name in {kind.event.value, kind.name}:
            return kind.event
    raise ValueError(f"{name[:60]!r} is not a type of event; there are: {', '.join(Event)}")


def _subject_kind(name: str) -> str:
    if name not in _SUBJECT_KINDS:
        raise ValueError(f"{name[:60]!r} is not a kind of subject; there are: {', '.join(_SUBJECT_KINDS)}")
    return name


PositionText = Annotated[str, AfterValidator(_position), Field(examples=["1-57"])]


class FilterQuery(BaseModel):
    """Which entries are wanted, and what of them."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    types: Annotated[list[Annotated[str, AfterValidator(_event)]] | None, BeforeValidator(_names)] = None
    """Types of event (`profile-changed`, or the whole CloudEvents type), comma-separated or repeated."""
    kinds: Annotated[list[Annotated[str, AfterValidator(_subject_kind)]] | None, BeforeValidator(_names)] = None
    """Kinds of subject, comma-separated or repeated."""
    criteria: Annotated[str | None, Field(max_length=20_000, examples=['{"kinds": ["coworking"]}'])] = None
    """Criteria as JSON, the same as everywhere: entries whose organisation meets them after or before the change."""
    view: View = View.PUBLIC
    """`internal` has the restricted part too; only the registry's own readers may follow it."""


class PageQuery(FilterQuery):
    """A page of the feed."""

    after: PositionText = BEGINNING
    """The position to go on from, `1-57`: the one of the page before, or of a snapshot. Default: from the beginning."""
    limit: Annotated[int, Field(ge=1, le=MOST_EVENTS)] = 100
    """Events on the page, at most."""
    wait: Annotated[float, Field(ge=0, le=LONGEST_WAIT_SECONDS, allow_inf_nan=False)] = 0
    """Seconds to wait for an event when there is none yet; with `at_least`, for that position."""
    at_least: PositionText | None = None
    """Answer when the log has reached this position, such as a write returned, and 409 when it has not in time."""


class StreamQuery(FilterQuery):
    """A stream of the feed."""

    after: PositionText | None = None
    """The position to go on from. `Last-Event-ID` goes before it; without either the stream begins now."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries pass."""

    view: View
    types: frozenset[str] | None = None
    kinds: frozenset[str] | None = None
    criteria: Criteria | None = None

    @classmethod
    def of(cls, query: FilterQuery) -> "Filter":
        """Read the query. Raises InvalidInput for criteria that are not."""
        criteria = None if query.criteria is None else _criteria(query.criteria)
        if criteria and criteria.needs_restricted and query.view is View.PUBLIC:
            raise _wrong(FieldError("query:criteria", "restricted", "Turnover can be asked only with view=internal."))
        types = None if query.types is None else frozenset(query.types)
        kinds = None if query.kinds is None else frozenset(query.kinds)
        return cls(query.view, types, kinds, criteria)

    @property
    def depends_on_day(self) -> bool:
        """Whether the same entry can pass on one day and not on another: labels end, communes merge."""
        return self.criteria is not None

    def passes(self, entry: Entry) -> bool:
        """Whether the entry is wanted."""
        if self.types is not None and entry.event not in self.types:
            return False
        if self.kinds is not None and entry.subject.kind not in self.kinds:
            return False
        if self.criteria is None:
            return True
        internal, today = self.view is View.INTERNAL, datetime.now(UTC).date()
        return Change(entry).transition(self.criteria, today, restricted=internal) is not None


def _criteria(text: str) -> Criteria:
    try:
        return Criteria.model_validate(read_json(text.encode()))
    except InvalidInput as problem:
        detail = problem.detail.replace("The body", "The parameter")
        raise _wrong(FieldError("query:criteria", "malformed", detail)) from problem
    except ValidationError as error:
        found = invalid_content(error, model=Criteria).errors
        raise _wrong(
            *(FieldError(f"query:criteria{error.pointer}", error.code, error.detail) for error in found)
        ) from error


def _wrong(*errors: FieldError) -> InvalidInput:
    return InvalidInput(f"{errors[0].pointer}: {errors[0].detail}", errors=errors)
