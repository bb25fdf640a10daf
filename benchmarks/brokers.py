"""What the benchmarks with Kafka share: topics of their own, removed afterwards, and entries to publish."""

import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from kafka.admin import KafkaAdminClient
from sqlalchemy import Engine

from services.events.contracts.catalogue import ORGANISATION, Event
from services.events.contracts.entries import Subject
from services.events.contracts.vocabulary import Actor, Origin
from services.events.log.append import LogWriter
from services.events.log.drafts import NOTHING, Draft, State
from services.settings import Settings

VARIABLE = "DWR_TEST_KAFKA_BOOTSTRAP_SERVERS"
_TEXT = "Un espace de coworking au centre de la ville, ouvert toute la semaine. " * 9


@contextmanager
def own_topics(settings: Settings) -> Iterator[Settings]:
    """The settings with the brokers that `DWR_TEST_KAFKA_BOOTSTRAP_SERVERS` names and a prefix of their own."""
    bootstrap = os.environ.get(VARIABLE) or sys.exit(f"{VARIABLE} is not set: name the brokers to measure with")
    prefix = f"benchmark-{secrets.token_hex(4)}-"
    yield settings.model_copy(update={"kafka_bootstrap_servers": bootstrap, "kafka_topic_prefix": prefix})
    with KafkaAdminClient(bootstrap_servers=bootstrap) as admin:
        admin.delete_topics([topic for topic in admin.list_topics() if topic.startswith(prefix)])


def publication(number: int) -> Draft:
    """An organisation enters the public view, with a document of about 900 bytes."""
    subject = Subject(ORGANISATION, f"org-{number:016d}")
    document = {
        "id": subject.id,
        "slug": f"organisation-{number}",
        "state": "published",
        "registered_on": "2026-01-01",
        "title": {"fr": f"Organisation {number}"},
        "description": {"fr": _TEXT},
        "profiles": {"company": {}},
    }
    return Draft(Event.PUBLISHED, subject, NOTHING, State(document), *_BY)


_BY = (Origin.DEMO, Actor.SYSTEM)


def fill_log(engine: Engine, count: int, at_once: int = 1_000) -> None:
    """Write entries, many in a transaction."""
    for first in range(0, count, at_once):
        with engine.begin() as connection:
            writer = LogWriter(connection)
            for number in range(first, min(first + at_once, count)):
                writer.append(publication(number))
            writer.flush()
