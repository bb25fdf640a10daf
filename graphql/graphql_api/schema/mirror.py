"""GraphQL types made from the contracts' models, so that a field is declared, described and typed once.

A mirrored type has the model's fields under camelCase names, and is resolved from the JSON of the document itself: a
field without a resolver of its own is the member of that name, null where it is absent. That is also all that a later
compiler has to know about it.
"""

from collections.abc import Callable
from datetime import date
from enum import Enum
from inspect import cleandoc
from types import new_class
from typing import Any

import strawberry
from pydantic.fields import FieldInfo

from graphql_api.read_model.defaults import inner_type
from graphql_api.schema.scalars import Day, NaceVersionCode, ProvinceCode
from services.events.contracts.values import Model
from services.events.contracts.vocabulary import NaceVersion
from services.reference.identifiers import EnterpriseNumber, EstablishmentNumber
from services.reference.provinces import Province

_OUTPUT: dict[type[Model], type] = {}
_INPUT: dict[type[Model], type] = {}
_SCALARS: dict[type, Any] = {
    bool: bool,
    date: Day,
    float: float,
    int: int,
    EnterpriseNumber: str,
    EstablishmentNumber: str,
    NaceVersion: NaceVersionCode,
    Province: ProvinceCode,
}


def mirror(model: type[Model], *, guard: Callable[[str], Any] | None = None, **more: Any) -> Any:
    """The GraphQL type of a model. `more` adds fields, or exchanges them for ones that have a resolver of their own.

    `guard` makes a resolver for each of the model's fields by its name: for parts that not everybody may read. A model
    mirrored before is given as it was made then, also where another model holds it.
    """
    if model not in _OUTPUT:
        made = _OUTPUT[model] = _empty(model.__name__)
        kept = {key: field for key, field in model.model_fields.items() if key not in more}
        made.__annotations__ = {key: _annotation(field, mirror) for key, field in kept.items()}
        for key, field in kept.items():
            kind = {"resolver": guard(key), "graphql_type": _annotation(field, mirror) | None} if guard else {}
            setattr(made, key, strawberry.field(description=one_line(field.description), **kind))
        for key, field in more.items():
            setattr(made, key, field)
        strawberry.type(made, description=one_line(model.__doc__))
    return _OUTPUT[model]


def is_mirror(kind: type) -> bool:
    """Whether the type was made by `mirror`: its objects are resolved from parts of documents."""
    return kind in _OUTPUT.values()


def mirror_input(model: type[Model], name: str | None = None) -> Any:
    """The GraphQL input of a model: the same object as the model's JSON, under camelCase names."""
    if model not in _INPUT:
        made = _INPUT[model] = _empty(name or f"{model.__name__}Input")
        made.__annotations__ = {key: _annotation(field, mirror_input) for key, field in model.model_fields.items()}
        for key, field in model.model_fields.items():
            default = {} if field.is_required() else {"default": strawberry.UNSET}
            setattr(made, key, strawberry.field(description=one_line(field.description), **default))
        strawberry.input(made, description=one_line(model.__doc__))
    return _INPUT[model]


def enum(kind: type[Enum]) -> Any:
    """The GraphQL enum whose values are the codes of the JSON documents, in lower case as they are there."""
    if not hasattr(kind, "__strawberry_definition__"):
        strawberry.enum(kind, graphql_name_from="value", description=one_line(kind.__doc__))
    return kind


def one_line(text: str | None) -> str | None:
    """A docstring as a description."""
    return " ".join(cleandoc(text).split()) if text else None


def _empty(name: str) -> Any:
    return new_class(name, (), {}, lambda body: body.update(__module__=__name__))


def _annotation(field: FieldInfo, nested: Callable[[type[Model]], Any]) -> Any:
    kind, levels = inner_type(field.annotation)
    wanted = _inner(kind, nested)
    for _ in range(levels):
        wanted = list[wanted]  # type: ignore[valid-type]
    return wanted | None if not field.is_required() and field.default is None else wanted


def _inner(kind: type, nested: Callable[[type[Model]], Any]) -> Any:
    if kind in _SCALARS:
        return _SCALARS[kind]
    if issubclass(kind, Model):
        return nested(kind)
    return enum(kind) if issubclass(kind, Enum) else str
