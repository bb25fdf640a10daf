"""Beginning a new history after a restore: positions after the fork get another meaning, so they get another name."""

from sqlalchemy import Connection, insert

from services.events.contracts.catalogue import REGISTRY, Event
from services.events.contracts.entries import Entry, Subject
from services.events.contracts.vocabulary import Actor, Origin
from services.events.log.append import Clock, LogWriter, system_clock
from services.events.log.drafts import NOTHING, Draft
from services.events.log.tables import log_generation


def begin_generation(connection: Connection, *, above: int = 0, clock: Clock = system_clock) -> Entry:
    """Fork the log at its present end; gives the first entry of the new generation, which tells every reader.

    The generation's number is the first one that neither this log nor, by `above`, any lost history after the backup
    had: a second restore of the same backup must not give the same positions a third meaning. To be called in a
    writing transaction of its own.
    """
    writer = LogWriter(connection, clock)
    before = writer.position
    generation = max(before.generation, above) + 1
    row = {"generation": generation, "forked_at": before.number, "started_ms": clock()}
    connection.execute(insert(log_generation).values(**row))
    writer.begin_generation(generation)
    subject = Subject(REGISTRY, REGISTRY)
    entry = writer.append(Draft(Event.HISTORY_FORKED, subject, NOTHING, NOTHING, Origin.INFERRED, Actor.OPERATOR))
    writer.flush()
    return entry
