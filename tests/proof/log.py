"""The log as it stands in the database, read with plain SQL: the truth that everything is compared with."""

import orjson
import psycopg

from tests.proof.checks import Line
from tests.proof.lives import is_followed
from tests.proof.told import Told, fingerprint

_LINES = """
SELECT position, event_id, subject_kind || '/' || subject_id, version, document, correlation_id
FROM log_entry ORDER BY position
"""
_TEXTS = """
SELECT subject_kind || '/' || subject_id, document::json -> 'short_description' ->> 'fr'
FROM log_entry JOIN log_subject USING (position) WHERE document IS NOT NULL
"""


def read_log(url: str) -> list[Line]:
    """Every entry, in the order of the positions."""
    lines: list[Line] = []
    met: dict[str, bool] = {}
    with psycopg.connect(url) as connection:
        for position, event_id, subject, version, text, request in connection.execute(_LINES):
            document = None if text is None else orjson.loads(text)
            told = Told(position, event_id, subject, version, fingerprint(document))
            before, met[subject] = met.get(subject, False), document is not None and is_followed(document)
            lines.append(Line(told, request, before or met[subject]))
    return lines


def public_texts(url: str) -> dict[str, str]:
    """The French short description of every organisation that is public in the end, by subject."""
    with psycopg.connect(url) as connection:
        return dict(connection.execute(_TEXTS).fetchall())
