"""The log as it stands in the database, read with plain SQL: the truth that everything is compared with."""

from typing import Any

import orjson
from sqlalchemy import text

from services.database import closing_engine, open_engine
from tests.proof.checks import Line
from tests.proof.lives import is_followed
from tests.proof.told import Told, fingerprint

_LINES = """
SELECT position, event_id, subject_kind || '/' || subject_id, version, document, correlation_id
FROM log_entry ORDER BY position
"""
_LAST = """
SELECT subject_kind || '/' || subject_id, document
FROM log_entry JOIN log_subject USING (position) WHERE document IS NOT NULL
"""


def read_log(url: str) -> list[Line]:
    """Every entry, in the order of the positions."""
    lines: list[Line] = []
    public: dict[str, bool] = {}
    met: dict[str, bool] = {}
    for position, event_id, subject, version, stored, request in _rows(url, _LINES):
        document = None if stored is None else orjson.loads(stored)
        told = Told(position, event_id, subject, version, fingerprint(document))
        was_public, public[subject] = public.get(subject, False), document is not None
        had_met, met[subject] = met.get(subject, False), document is not None and is_followed(document)
        lines.append(Line(told, request, was_public or public[subject], had_met or met[subject]))
    return lines


def public_texts(url: str) -> dict[str, str]:
    """The French short description of every organisation that is public in the end, by subject."""
    documents = {subject: orjson.loads(stored) for subject, stored in _rows(url, _LAST)}
    return {subject: document["short_description"]["fr"] for subject, document in documents.items()}


def _rows(url: str, query: str) -> list[Any]:
    engine = open_engine(url)
    with closing_engine(engine), engine.connect() as connection:
        return list(connection.execute(text(query)))
