"""The organisations that all are asked about: those of the demo that are shown, the same for the same number.

    python -m benchmarks.organisations 10000

writes them as lines of JSON.
"""

import sys
from collections.abc import Iterator
from datetime import date

import orjson

from services.events.contracts.catalogue import ORGANISATION
from services.events.contracts.entries import Current, Subject
from services.events.contracts.position import Position
from services.events.following.protocol import Snapshot
from services.registry.demo.ecosystem import DEFAULT_SEED, generate
from services.registry.recording import state_of

DAY = date(2026, 11, 25)
"""Ages are counted from it: with the day of the run, each run would have other data."""
_PUBLISHED_MS = 1_795_564_800_000


def organisations(count: int) -> Iterator[Current]:
    """The organisations shown among the first `count` of the demo, about 98 in a hundred."""
    number = 0
    for document in generate(count, DEFAULT_SEED, DAY):
        state = state_of(document)
        if state.public is not None:
            number += 1
            subject = Subject(ORGANISATION, document["id"])
            yield Current(subject, 1, state.public, state.restricted, Position(1, number))


def snapshot(count: int) -> Snapshot:
    """The same as a follower gets them."""
    return Snapshot(Position(1, count), _PUBLISHED_MS, None, organisations(count))


def _line(current: Current) -> bytes:
    number = current.position.number if current.position else 0
    told = {"position": number, "version": current.version}
    documents = {"document": current.document, "restricted": current.restricted}
    return orjson.dumps(told | documents, option=orjson.OPT_APPEND_NEWLINE)


if __name__ == "__main__":
    sys.stdout.buffer.writelines(map(_line, organisations(int(sys.argv[1]))))
