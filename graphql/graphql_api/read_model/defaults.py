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
    objects: dict[str, "_Plan"]
    lists: dict[str, "_Plan"]

    @property
    def has_defaults(self) -> bool:
        """Whether anything could have to be filled in."""
        return bool(self.defaults or self.objects or self.lists)

    def complete(self, document: Json) -> Json:
        filled = self.defaults | document
        for name, plan in self.objects.items():
            if (value := document.get(name)) is not None:
                filled[name] = plan.complete(value)
        for name, plan in self.lists.items():
            if values := document.get(name):
                filled[name] = [plan.complete(value) for value in values]
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
    plan = _Plan({}, {}, {})
    for name, field in model.model_fields.items():
        if field.default not in {None, PydanticUndefined}:
            plan.defaults[name] = field.default.value if isinstance(field.default, Enum) else field.default
        kind, levels = inner_type(field.annotation)
        if isinstance(kind, type) and issubclass(kind, Model) and (inner := _plan(kind)).has_defaults:
            (plan.lists if levels else plan.objects)[name] = inner
    return plan
