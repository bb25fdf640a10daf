"""Whether a schema may replace its published predecessor within one major version.

Full compatibility: what was valid stays valid, and old readers understand what new writers send. So fields may be added
as optional ones, and words to a list; nothing may be removed, retyped, narrowed or newly required.
"""

from collections.abc import Iterator

from services.events.contracts.entries import Json

_LOWEST = ("minimum", "exclusiveMinimum", "minLength", "minItems")
_HIGHEST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")
_FIXED = ("type", "pattern", "format", "const", "default", "$ref")


def breaks(old: Json, new: Json, path: str = "") -> Iterator[str]:
    """Each incompatible difference, as a sentence with its place."""
    yield from _changed_words(old, new, path)
    yield from _narrowed(old, new, path)
    for name in sorted(set(new.get("required", ())) - set(old.get("required", ()))):
        yield f"{path}/{name} is required now"
    for name in sorted(set(old.get("required", ())) - set(new.get("required", ()))):
        yield f"{path}/{name} is not sure to be there any more"
    for keyword in ("properties", "$defs"):
        yield from _members(old.get(keyword, {}), new.get(keyword, {}), path if keyword == "properties" else "#")
    yield from _inside(old, new, path)


def _changed_words(old: Json, new: Json, path: str) -> Iterator[str]:
    for keyword in _FIXED:
        if old.get(keyword) != new.get(keyword):
            yield f"{path} has another {keyword}: {old.get(keyword)!r} became {new.get(keyword)!r}"
    for word in old.get("enum", ()):
        if word not in new.get("enum", ()):
            yield f"{path} does not have the word {word!r} any more"
    if "enum" in new and "enum" not in old:
        yield f"{path} takes listed words only now"


def _narrowed(old: Json, new: Json, path: str) -> Iterator[str]:
    for keyword in (*_LOWEST, *_HIGHEST):
        if keyword not in new:
            continue
        before, after = old.get(keyword), new[keyword]
        if before is None or (after > before if keyword in _LOWEST else after < before):
            yield f"{path} has a narrower {keyword}: {before} became {after}"


def _members(old: Json, new: Json, path: str) -> Iterator[str]:
    for name, schema in old.items():
        if name in new:
            yield from breaks(schema, new[name], f"{path}/{name}")
        else:
            yield f"{path}/{name} is not there any more"


def _inside(old: Json, new: Json, path: str) -> Iterator[str]:
    if isinstance(old.get("items"), dict):
        yield from breaks(old["items"], new.get("items", {}), f"{path}/*")
    choices, later = old.get("anyOf", []), new.get("anyOf", [])
    if len(choices) != len(later):
        yield f"{path} has {len(later)} alternatives instead of {len(choices)}"
    for before, after in zip(choices, later, strict=False):
        yield from breaks(before, after, path)
