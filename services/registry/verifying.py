"""The registry's own table as one side of a comparison: what it holds must be what its log tells."""

from collections.abc import Iterator
from contextlib import contextmanager

import orjson
from sqlalchemy import Connection, Engine, select

from services.database import reading
from services.events.contracts.catalogue import ORGANISATION
from services.events.contracts.entries import Current, Subject
from services.events.contracts.vocabulary import View
from services.events.log.reading import read_head
from services.events.verifying.holding import Held, Holding, held_of
from services.registry.recording import state_of
from services.registry.tables import organisation


@contextmanager
def registry_organisations(engine: Engine, view: View) -> Iterator[Holding]:
    """The organisations of the registry's table, as much of each as the view shows."""
    with reading(engine) as connection:
        head = read_head(connection)
        yield Holding("the table organisation", view, head.position, None, _held(connection, view))


def _held(connection: Connection, view: View) -> Iterator[Held]:
    wanted = select(organisation.c.id, organisation.c.version, organisation.c.document)
    for identifier, version, document in connection.execute(wanted, execution_options={"yield_per": 500}):
        state = state_of(orjson.loads(document))
        if state.public is not None:
            yield held_of(Current(Subject(ORGANISATION, identifier), version, state.public, state.restricted), view)
