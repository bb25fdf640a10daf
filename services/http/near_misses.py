"""What a misspelt name was probably meant to be."""

import difflib
from collections.abc import Collection, Iterable, Iterator
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo


def nearest(name: str, known: Collection[str]) -> str | None:
    """The known name that is most like `name`, if one is like it at all."""
    found = difflib.get_close_matches(name[:100], known, n=1, cutoff=0.6)
    return found[0] if found else None


def field_names(model: Any, path: Iterable[str | int]) -> set[str]:
    """Names of the fields that the object at `path` inside a document of type `model` can have.

    Parts of the path that are no fields (indexes, keys of mappings, the names that pydantic gives to the members of a
    union) lead on to every type that can stand there.
    """
    here = list(_models(model))
    for part in path:
        fields = [info for known in here for name, info in _named_fields(known) if name == part]
        here = [inner for info in fields for inner in _models(info.annotation)] or here
    return {name for known in here for name, _ in _named_fields(known)}


def _named_fields(model: type[BaseModel]) -> Iterator[tuple[str, FieldInfo]]:
    by_name = model.model_config.get("populate_by_name") or model.model_config.get("validate_by_name")
    for name, info in model.model_fields.items():
        alias = info.validation_alias if isinstance(info.validation_alias, str) else info.alias
        if alias is None or by_name:
            yield name, info
        if alias is not None:
            yield alias, info


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """Every model inside an annotation: of `tuple[Place, ...] | None` it is Place."""
    if get_origin(annotation) is not None:
        for part in get_args(annotation):
            yield from _models(part)
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
