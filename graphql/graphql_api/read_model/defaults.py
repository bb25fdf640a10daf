"""Documents leave out fields at their default; records have them filled in, so that no query has to know defaults."""

from dataclasses import dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

from pydantic_core import PydanticUndefined

from services.events.contracts.entries import Json
from services.events.contracts.organisation import PublicOrganisation
from services.events.contracts.values import Model


@dataclass(frozen=True, slots=True)
class _Plan:
    """What to fill in for one model. Fields whose default is null stay absent: readers take absent for null."""

    defaults: dict[str, Any]
    inner: dict[str, "_Plan"]
    """Of the members that are objects, or lists of objects, in which something may have to be filled in."""

    def complete(self, document: Json) -> Json:
        filled, inner = self.defaults | document, self.inner
        for name in inner if len(inner) < len(document) else document:
            plan, value = inner.get(name), document.get(name)
            if plan is None or value is None:
                continue
            filled[name] = [plan.complete(one) for one in value] if isinstance(value, list) else plan.complete(value)
        return filled


def complete(document: Json) -> Json:
    """A copy of the public document of an organisation with every default in place. The document is left as it is."""
    return _plan(PublicOrganisation).complete(document)


def inner_type(annotation: Any) -> tuple[Any, int]:
    """The type inside optionals and tuples, and how many tuples: `tuple[Machine, ...] | None` is (Machine, 1)."""
    if get_origin(annotation) in {Union, UnionType}:
        (annotation,) = (part for part in get_args(annotation) if part is not NoneType)
        return inner_type(annotation)
    if hasattr(annotation, "__metadata__"):
        return inner_type(annotation.__origin__)
    if get_origin(annotation) is tuple:
        kind, levels = inner_type(get_args(annotation)[0])
        return kind, levels + 1
    return annotation, 0


@cache
def _plan(model: type[Model]) -> _Plan:
    plan = _Plan({}, {})
    for name, field in model.model_fields.items():
        if field.default not in {None, PydanticUndefined}:
            plan.defaults[name] = field.default.value if isinstance(field.default, Enum) else field.default
        kind, _ = inner_type(field.annotation)
        if isinstance(kind, type) and issubclass(kind, Model) and (inner := _plan(kind)) != _NOTHING:
            plan.inner[name] = inner
    return plan


_NOTHING = _Plan({}, {})
