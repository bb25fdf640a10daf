"""Who sees a saved search: its owner and the operators. To others it does not exist."""

from sqlalchemy import Connection

from services.access.roles import Caller, Relation
from services.access.rules import Action, decide, require
from services.notifier.searches import SavedSearch, find_search
from services.problems import NotFound


def seen_search(
    connection: Connection, caller: Caller, search_id: str, action: Action, *, lock: bool = False
) -> SavedSearch:
    """The search, when the caller may do this with it. Raises NotFound also for somebody else's."""
    require(caller, Action.SUBSCRIBE)
    search = find_search(connection, search_id, lock=lock)
    relation = Relation.OWNER if search is not None and search.owner == caller.subject else None
    if search is None or not decide(caller, action, relation=relation).allowed:
        raise NotFound(f"You have no saved search {search_id[:60]}.")
    return search
