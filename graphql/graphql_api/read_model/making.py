"""What a record is made of: hash, facts and bytes, from what the log says of a subject."""

import time
from datetime import date, timedelta
from functools import lru_cache

from graphql_api.read_model.defaults import complete
from graphql_api.read_model.facts import Facts, facts_of
from graphql_api.read_model.records import encoded
from graphql_api.read_model.store import sections
from graphql_api.read_model.store.blobs import Stamp, blob_of
from graphql_api.read_model.store.vocabulary import Vocabulary
from services.events.contracts.entries import Json, Subject
from services.events.contracts.vocabulary import View
from services.events.log.digest import hashed

_DAY_SECONDS = 86_400
_FIRST_DAY = date(1970, 1, 1)

Documents = tuple[Json, Json | None]
"""The public document and the restricted part."""


def hash_in(view: View, subject: Subject, documents: Documents) -> bytes:
    """What the subject adds to the digest of the view."""
    return hashed(subject, *(documents if view is View.INTERNAL else documents[:1]))


def completed(subject: Subject, documents: Documents) -> tuple[Json, Facts]:
    """The public document with its defaults, and the facts of the organisation."""
    public, restricted = documents
    document = complete(public)
    return document, facts_of(subject.id, document, restricted, today())


def made(stamp: Stamp, subject: Subject, documents: Documents, vocabulary: Vocabulary) -> tuple[bytes, Facts]:
    """The organisation as bytes, and its facts."""
    document, facts = completed(subject, documents)
    parts = sections.encoded(facts, vocabulary)
    return blob_of(stamp, subject.id, parts, encoded((document, documents[1]))), facts


def today() -> date:
    """The day by which communes are told."""
    return _day(int(time.time()) // _DAY_SECONDS)


@lru_cache(1)
def _day(number: int) -> date:
    return _FIRST_DAY + timedelta(days=number)
