"""The present state of organisations, for the compacted topic: where its last record of one is not the latest."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice

import orjson
from sqlalchemy import Connection, Engine, bindparam, select

from services.database import reading
from services.events.contracts.catalogue import ORGANISATION
from services.events.contracts.entries import Entry
from services.events.log.entry_rows import entry_of
from services.events.log.tables import log_entry, log_subject
from services.events.relay.batch import Batch
from services.events.relay.outlet import Outlet
from services.events.relay.record import Record
from services.events.relay.records import state_of
from services.events.topics import Topics

_AT_ONCE = 50
_LATEST = (
    select(log_entry)
    .join(log_subject, log_subject.c.position == log_entry.c.position)
    .where(log_subject.c.kind == ORGANISATION, log_subject.c.id.in_(bindparam("ids", expanding=True)))
)


class PresentStates:
    """Publishes them beside relays that go on meanwhile.

    A relay may publish a newer state of the same organisation before an older one gets there from here, which would
    then be the last. So after they are acknowledged the log is looked at again, and whatever is newer by then is
    published too: what is newer still was committed later, and its relay publishes it after that.
    """

    def __init__(self, engine: Engine, outlet: Outlet, topics: Topics, public_url: str) -> None:
        self._engine = engine
        self._outlet = outlet
        self._topics = topics
        self._public_url = public_url

    def publish(self, ids: Iterable[str], cause: Entry | None = None) -> Iterator[int]:
        """Publish the states of these organisations; gives now and then how many more there are by now.

        One that is not public gets a tombstone. With a `cause` so does one that the log does not know at all: an entry
        that says why. Raises PublishingFailed.
        """
        waiting = iter(ids)
        while some := list(islice(waiting, _AT_ONCE)):
            self._publish(some, cause)
            yield len(some)

    def _publish(self, ids: Collection[str], cause: Entry | None) -> None:
        published: dict[str, int] = {}
        while newer := self._newer_than(published, ids):
            states = {name: state_of(entry, self._topics, self._public_url) for name, entry in newer.items()}
            self._hand_over(list(states.values()), list(newer.values()))
            published |= {name: entry.position.number for name, entry in newer.items()}
        if cause is not None and (vanished := sorted(set(ids) - published.keys())):
            self._hand_over([self._tombstone(name, cause) for name in vanished], [cause] * len(vanished))

    def _newer_than(self, published: Mapping[str, int], ids: Collection[str]) -> dict[str, Entry]:
        with reading(self._engine) as connection:
            return {
                name: found
                for name, found in _latest(connection, ids)
                if found.position.number > published.get(name, 0)
            }

    def _hand_over(self, records: list[Record], entries: list[Entry]) -> None:
        self._outlet.publish(Batch(records, entries), lambda _acknowledged: None)

    def _tombstone(self, name: str, cause: Entry) -> Record:
        position = cause.position
        headers = [("generation", b"%d" % position.generation), ("position", b"%d" % position.number)]
        return Record(self._topics.organisations.name, name.encode(), None, headers, cause.published_ms)


def _latest(connection: Connection, ids: Collection[str]) -> Iterator[tuple[str, Entry]]:
    for row in connection.execute(_LATEST, {"ids": list(ids)}):
        yield row.subject_id, entry_of(row, orjson.Fragment)
