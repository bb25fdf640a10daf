"""What plans made of records: encoded once, used in every answer that shows the record as it is."""

from datetime import date
from itertools import count
from typing import Any, NamedTuple

import orjson

from graphql_api.keeping import json_to_keep
from graphql_api.read_model.records import Record

_OVERHEAD_BYTES = 300
"""About what a kept part takes beside its content: its key, the pair, its place in the dictionary."""

_OPENED_FACTOR = 5
"""How much more memory an opened document takes than its JSON."""


class Members(NamedTuple):
    """What of an object is kept when some of it is made in each request. Do not change either."""

    members: dict[str, Any]
    """All members, encoded; null where they are made anew."""
    document: dict[str, Any]
    """What of the record's document those are made from."""


class RecordParts:
    """What plans made of records, by plan, record and arguments. A part is used only for the record it was made of.

    Records never change, so a part is right as long as its record is the current one: when an organisation changes,
    the plan meets a new record and makes the part anew. One budget for all plans, halved as in `Recent`.
    """

    def __init__(self, budget_bytes: int) -> None:
        self._half = budget_bytes // 2
        self._sites = count(1)
        self._taken = 0
        self._day: date | None = None
        self._young: dict[tuple[Any, ...], tuple[Record, Any]] = {}
        self._old: dict[tuple[Any, ...], tuple[Record, Any]] = {}

    def new_site(self) -> int:
        """A number that begins the keys of one selection of one plan."""
        return next(self._sites)

    def begin(self, day: date) -> None:
        """Drop everything when the day is another: a commune may have become part of another over night."""
        if day != self._day:
            self._day, self._taken = day, 0
            self._young, self._old = {}, {}

    def get(self, key: tuple[Any, ...], record: Record) -> Any:
        """What was made of the record under the key; none where it is not kept."""
        found = self._young.get(key)
        if found is None:
            found = self._old.get(key)
            if found is None:
                return None
            if found[0] is record:
                self._put(key, found, _OVERHEAD_BYTES)
        return found[1] if found[0] is record else None

    def keep_whole(self, key: tuple[Any, ...], record: Record, made: dict[str, Any]) -> orjson.Fragment:
        """Encode and keep an object of which nothing depends on the request."""
        encoded = json_to_keep(made)
        whole = orjson.Fragment(encoded)
        self._put(key, (record, whole), len(encoded) + _OVERHEAD_BYTES)
        return whole

    def keep_members(self, key: tuple[Any, ...], record: Record, made: dict[str, Any], read: list[str]) -> "Members":
        """Encode and keep the members of an object that do not depend on the request.

        `read` names the members of the document that the others are made from: they are kept opened.
        """
        encoded = {name: json_to_keep(value) for name, value in made.items()}
        document = {name: record.document[name] for name in read if name in record.document}
        part = Members({name: orjson.Fragment(value) for name, value in encoded.items()}, document)
        size = sum(len(name) + len(value) + _OVERHEAD_BYTES for name, value in encoded.items())
        self._put(key, (record, part), size + _OPENED_FACTOR * len(orjson.dumps(document)))
        return part

    def _put(self, key: tuple[Any, ...], part: tuple[Record, Any], size: int) -> None:
        self._taken += size
        if self._taken > self._half:
            self._old, self._young, self._taken = self._young, {}, size
        self._young[key] = part
