"""Whether a schema may replace its published predecessor within one major version.

Full compatibility: what was valid stays valid, and readers of before understand what writers of now send. So there may
come optional fields, words in a list that is open, and definitions for them. Nothing else may change but what is for
people only: a keyword that is not known here is held to be one that changes what is valid.
"""

from collections.abc import Iterator
from typing import Any

import orjson

from services.events.contracts.entries import Json

_FOR_PEOPLE = frozenset({"$schema", "$id", "$comment", "title", "description", "examples"})
_OF_OTHER_NAMES = frozenset({"additionalProperties", "patternProperties", "propertyNames", "unevaluatedProperties"})
_LOOKED_INTO = frozenset({"properties", "$defs", "required", "items", "anyOf"})


def breaks(old: Json, new: Json, path: str = "") -> Iterator[str]:
    """Each incompatible difference, as a sentence with its place."""
    if _bytes(old) == _bytes(new):
        return
    for keyword in sorted((old.keys() | new.keys()) - _FOR_PEOPLE - _LOOKED_INTO):
        if (before := _text(old, keyword)) != (after := _text(new, keyword)):
            yield f"{path} has another {keyword}: {before} became {after}"
    yield from _required(set(old.get("required", ())), set(new.get("required", ())), path)
    yield from _members(old, new, "properties", path)
    yield from _members(old, new, "$defs", "#")
    yield from _items(old, new, path)
    yield from _alternatives(old.get("anyOf"), new.get("anyOf"), path)


def shape(schema: Any) -> Any:
    """The schema without what is for people only: what compatibility is about."""
    if isinstance(schema, list):
        return [shape(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    by_name = {name: {key: shape(part) for key, part in schema[name].items()} for name in _NAMED & schema.keys()}
    values = {name: schema[name] for name in _VALUES & schema.keys()}
    others = schema.keys() - _FOR_PEOPLE - _NAMED - _VALUES
    return {name: shape(part) for name, part in schema.items() if name in others} | by_name | values


_NAMED = frozenset({"properties", "$defs"})
"""Keywords whose members have names of our own: one may be called `title`."""
_VALUES = frozenset({"default", "const", "enum"})
"""Keywords that have data, and no schema."""


def _bytes(value: Any) -> bytes:
    """As JSON, in which 1 is not true."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _text(schema: Json, keyword: str) -> str:
    """The keyword's value; `none` where there is none, which is not null."""
    return _bytes(schema[keyword]).decode() if keyword in schema else "none"


def _required(old: set[str], new: set[str], path: str) -> Iterator[str]:
    yield from (f"{path}/{name} is required now" for name in sorted(new - old))
    yield from (f"{path}/{name} is not sure to be there any more" for name in sorted(old - new))


def _members(old: Json, new: Json, keyword: str, path: str) -> Iterator[str]:
    before, after = old.get(keyword), new.get(keyword)
    if keyword == "properties":
        yield from _new_fields(old, set(after or ()) - set(before or ()), path)
    for name, schema in (before or {}).items():
        if name in (after or {}):
            yield from breaks(schema, (after or {})[name], f"{path}/{name}")
        else:
            yield f"{path}/{name} is not there any more"


def _new_fields(old: Json, names: set[str], path: str) -> Iterator[str]:
    """An object that had fields of any name, or rules for those that it does not name, cannot get one by name."""
    if names and ("properties" not in old or old.keys() & _OF_OTHER_NAMES):
        yield f"{path} has a field {min(names)} with a meaning of its own, which was one of any name"


def _items(old: Json, new: Json, path: str) -> Iterator[str]:
    if isinstance(old.get("items"), dict) and isinstance(new.get("items"), dict):
        yield from breaks(old["items"], new["items"], f"{path}/*")
    elif _text(old, "items") != _text(new, "items"):
        yield f"{path} has other items: {_text(old, 'items')} became {_text(new, 'items')}"


def _alternatives(old: Any, new: Any, path: str) -> Iterator[str]:
    words, later = _open_words(old), _open_words(new)
    if words is not None and later is not None and old[1] == new[1]:
        yield from (f"{path} does not have the word {word!r} any more" for word in words if word not in later)
        return
    before, after = old or [], new or []
    if len(before) != len(after):
        yield f"{path} has {len(after)} alternatives instead of {len(before)}"
    for one, other in zip(before, after, strict=False):
        yield from breaks(one, other, path)


def _open_words(choices: Any) -> list[Any] | None:
    """The words of a list that is open: `[{"enum": […]}, {"type": "string"}]`."""
    if isinstance(choices, list) and len(choices) == 2 and choices[0].keys() == {"enum"} and choices[1] == _ANY_TEXT:  # noqa: PLR2004
        words: list[Any] = choices[0]["enum"]
        return words
    return None


_ANY_TEXT = {"type": "string"}
