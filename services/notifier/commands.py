"""What callers do with saved searches: one transaction a command, and the rules of `services.access` before it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy import Connection, Engine

from services.access.roles import Caller, Role
from services.access.rules import Action, decide, require
from services.database import reading
from services.events.contracts.criteria import Criteria
from services.events.contracts.position import Position
from services.notifier import searches
from services.notifier.bodies import NewSearch, SearchChange
from services.notifier.identifiers import new_search_id, now_ms
from services.notifier.mark import known_mark, lock_and_find_now
from services.notifier.problems import SearchChanged, TooManySearches
from services.notifier.searches import SavedSearch, Secrets
from services.notifier.signing import new_secret
from services.notifier.targets import check_target
from services.notifier.visibility import seen_search
from services.notifier.vocabulary import SearchState
from services.problems import FieldError, Forbidden, InvalidContent
from services.settings import Settings

_ROTATION_MS = 24 * 3600 * 1000
"""How long the former secret signs too."""


class Searches:
    """The saved searches that a caller may see, and what may be done with them."""

    def __init__(self, settings: Settings, engine: Engine) -> None:
        self._settings = settings
        self._engine = engine

    def position(self) -> Position:
        """Up to where the log was matched. Raises Unavailable before the first start."""
        with reading(self._engine) as connection:
            return known_mark(connection)

    def create(self, caller: Caller, body: NewSearch) -> SavedSearch:
        """Save a search; only what changes from now on is delivered."""
        require(caller, Action.SUBSCRIBE)
        owner = str(caller.subject)
        sees_restricted = _may_read_figures(caller)
        _check_criteria(body.criteria, sees_restricted=sees_restricted)
        self._check_url(body.url)
        with self._engine.begin() as connection:
            since = lock_and_find_now(connection)
            if searches.count_searches(connection, owner) >= self._settings.searches_per_owner:
                raise TooManySearches(self._settings.searches_per_owner)
            search = SavedSearch(
                id=new_search_id(),
                version=1,
                owner=owner,
                name=body.name,
                criteria=body.criteria,
                sees_restricted=sees_restricted,
                state=SearchState.ACTIVE,
                reason=None,
                url=body.url,
                secrets=Secrets(new_secret()),
                created_ms=now_ms(),
                since=since,
            )
            searches.insert_search(connection, search)
        return search

    def of(self, caller: Caller) -> list[SavedSearch]:
        """The caller's searches; an operator sees everybody's."""
        require(caller, Action.SUBSCRIBE)
        with reading(self._engine) as connection:
            return searches.list_searches(connection, None if Role.OPERATOR in caller.roles else caller.subject)

    def read(self, caller: Caller, search_id: str) -> SavedSearch:
        """The search. Raises NotFound also when it is somebody else's."""
        with reading(self._engine) as connection:
            return seen_search(connection, caller, search_id, Action.MANAGE_SUBSCRIPTION)

    def change(self, caller: Caller, search_id: str, version: int, body: SearchChange) -> SavedSearch:
        """Replace what the body gives. A search that becomes active again starts from now."""
        with self._changing(caller, search_id, version) as (connection, search, now):
            changed = self._changed(caller, search, body)
            if changed.state is not search.state:
                # What waits belongs to the time before: it may be sent again by hand, it is not sent by itself.
                searches.discard_outstanding(connection, search_id)
                changed = replace(changed, since=max(now, search.since), reason=None)
            searches.update_search(connection, changed)
        return changed

    def rotate(self, caller: Caller, search_id: str, version: int) -> SavedSearch:
        """Give the webhook a new secret; the former one signs too for 24 hours."""
        with self._changing(caller, search_id, version) as (connection, search, _):
            secrets = Secrets(new_secret(), search.secrets.current, now_ms() + _ROTATION_MS)
            changed = replace(search, secrets=secrets, version=search.version + 1)
            searches.update_search(connection, changed)
        return changed

    def delete(self, caller: Caller, search_id: str, version: int) -> None:
        """Forget the search and its deliveries."""
        with self._changing(caller, search_id, version) as (connection, _, _now):
            searches.delete_search(connection, search_id)

    @contextmanager
    def _changing(
        self, caller: Caller, search_id: str, version: int
    ) -> Iterator[tuple[Connection, SavedSearch, Position]]:
        """A transaction in which the search is at the version that the caller read, and what now is in the log."""
        with self._engine.begin() as connection:
            now = lock_and_find_now(connection)
            search = seen_search(connection, caller, search_id, Action.MANAGE_SUBSCRIPTION, lock=True)
            if version != search.version:
                raise SearchChanged(version, search.version)
            yield connection, search, now

    def _changed(self, caller: Caller, search: SavedSearch, body: SearchChange) -> SavedSearch:
        given = {name: getattr(body, name) for name in body.model_fields_set}
        if "url" in given:
            self._check_url(given["url"])
        if "state" in given:
            given["state"] = SearchState(given["state"])
        own = caller.subject == search.owner
        sees_restricted = _may_read_figures(caller) if own else search.sees_restricted
        changed = replace(search, version=search.version + 1, sees_restricted=sees_restricted, **given)
        _check_criteria(changed.criteria, sees_restricted=sees_restricted)
        return changed

    def _check_url(self, url: str) -> None:
        try:
            check_target(url, self._settings)
        except ValueError as error:
            wrong = FieldError("/url", "not_deliverable", f"{error}.")
            raise InvalidContent("The webhook's address cannot be delivered to.", errors=[wrong]) from None


def _may_read_figures(caller: Caller) -> bool:
    return decide(caller, Action.READ_FIGURES).allowed


def _check_criteria(criteria: Criteria, *, sees_restricted: bool) -> None:
    if criteria.needs_restricted and not sees_restricted:
        pointer = "/criteria/export/turnoverEur"
        if criteria.export is None or criteria.export.turnover_eur is None:
            pointer = "/criteria/noneOf"
        raise Forbidden(
            "Turnover is searched by AWEX and the agency only: leave this criterion out, or ask with their role.",
            errors=[FieldError(pointer, "restricted", "Leave it out: you may not search by unpublished figures.")],
        )
