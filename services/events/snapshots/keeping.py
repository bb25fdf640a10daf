"""Which snapshots are kept: one every so many hours, and so many of them."""

from pathlib import Path

import structlog
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Engine

from services.database import reading
from services.events.log.append import system_clock
from services.events.log.reading import read_head
from services.events.retention import cut_log
from services.events.snapshots.formats import Format
from services.events.snapshots.histories import given_up, offered
from services.events.snapshots.kept import KeptSnapshot
from services.events.snapshots.making import make_snapshot
from services.events.snapshots.shelf import Shelf
from services.settings import Settings

_HOUR_MS = 3_600_000

log = structlog.get_logger(__name__)


class Policy(BaseModel):
    """What is kept, and where."""

    model_config = ConfigDict(frozen=True)

    folder: Path
    formats: tuple[Format, ...]
    hours: float
    """How often a snapshot is made; 0 for never without being asked."""
    kept: int
    """How many there are at most."""
    log_days: int = 0
    """How long entries of the log are kept at least; 0 for ever."""

    @classmethod
    def of(cls, settings: Settings) -> "Policy":
        """As the settings say."""
        return cls(
            folder=settings.effective_snapshots_dir,
            formats=tuple(map(Format, settings.snapshot_formats)),
            hours=settings.snapshot_hours,
            kept=settings.snapshots_kept,
            log_days=settings.log_kept_days,
        )

    @property
    def shelf(self) -> Shelf:
        """Where the snapshots are."""
        return Shelf(self.folder)


def is_due(policy: Policy, engine: Engine) -> bool:
    """Whether a snapshot is to be made: the newest is too old, or of the future, and the log went on since."""
    newest = newest_kept(policy.shelf, engine)
    if newest is None:
        return True
    age_ms = system_clock() - newest.made_ms
    with reading(engine) as connection:
        head = read_head(connection).position
    return newest.at != head and not 0 <= age_ms < policy.hours * _HOUR_MS


def keep_snapshot(policy: Policy, engine: Engine) -> KeptSnapshot:
    """Make a snapshot, and take away those that are too many or of a history that was given up.

    Raises Conflict while another process does the same, and OSError when the disk is full: what was kept is kept then.
    """
    with policy.shelf.alone():
        return _keep(policy, engine)


def keep_snapshot_if_due(policy: Policy, engine: Engine) -> KeptSnapshot | None:
    """The same when it is time, and old entries go out of the log then; else nothing is changed and given back."""
    with policy.shelf.alone():
        # Another process may have made one since somebody looked.
        if not is_due(policy, engine):
            return None
        kept = _keep(policy, engine)
        cut_log(engine, policy.shelf, policy.log_days)
        return kept


def _keep(policy: Policy, engine: Engine) -> KeptSnapshot:
    shelf = policy.shelf
    _remove_given_up(shelf, engine)
    made = make_snapshot(engine, shelf, policy.formats)
    for old in _offered(shelf, engine)[policy.kept :]:
        shelf.remove(old)
    return made


def newest_kept(shelf: Shelf, engine: Engine) -> KeptSnapshot | None:
    """The newest snapshot that is offered."""
    return next(iter(_offered(shelf, engine)), None)


def _offered(shelf: Shelf, engine: Engine) -> list[KeptSnapshot]:
    with reading(engine) as connection:
        return offered(connection, shelf.kept())


def _remove_given_up(shelf: Shelf, engine: Engine) -> None:
    with reading(engine) as connection:
        for kept in given_up(connection, shelf.kept()):
            log.warning("snapshot_of_other_history_removed", position=str(kept.at))
            shelf.remove(kept)
