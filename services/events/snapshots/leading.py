"""Which snapshot leads on whoever cannot go on from where he stands."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from services.database import reading
from services.events.contracts.vocabulary import View
from services.events.log.problems import CURRENT_SNAPSHOT, PositionBeyondFork, PositionExpired
from services.events.snapshots.histories import offered
from services.events.snapshots.kept import ADDRESS
from services.events.snapshots.shelf import Shelf


@contextmanager
def naming_snapshot(engine: Engine, shelf: Shelf, view: View) -> Iterator[None]:
    """Name the snapshot to load in a refusal: the newest kept one of the view, which loads in parts, or that of now."""
    try:
        yield
    except (PositionBeyondFork, PositionExpired) as problem:
        current = CURRENT_SNAPSHOT if view is View.PUBLIC else f"{CURRENT_SNAPSHOT}?view={view}"
        problem.members["snapshot"] = _newest(engine, shelf, view) or current
        raise


def _newest(engine: Engine, shelf: Shelf, view: View) -> str | None:
    with reading(engine) as connection:
        kept = offered(connection, shelf.kept())
    found = ((one, text) for one in kept for text in one.texts if text.view is view and text.span is None)
    return next((f"{ADDRESS}/{one.at}/{text.files[0].name}" for one, text in found), None)
