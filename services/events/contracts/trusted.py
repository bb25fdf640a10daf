"""Models of documents that were checked when they were stored: built as they are, and no rule is applied again.

Rules become stricter over time (a commune's code ends, a telephone number is withdrawn), and what was stored before
must stay readable: whoever corrects one field cannot be made to answer for another. It is also much faster.
"""

from collections.abc import Callable, Mapping
from datetime import date
from enum import Enum
from functools import cache, partial
from types import NoneType, UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from services.events.contracts.entries import Json
from services.events.contracts.values import Model
from services.reference.identifiers import EnterpriseNumber, EstablishmentNumber

AnyModel = TypeVar("AnyModel", bound=Model)
Conversion = Callable[[Any], Any]
_STATE: dict[str, Any] = {"__pydantic_extra__": None, "__pydantic_private__": None}


def trusted(model: type[AnyModel], document: Json) -> AnyModel:
    """The model of a stored document. Fields that the model does not know are left out."""
    defaults, conversions = _plan(model)
    given = {name: conversions[name](value) for name, value in document.items() if name in conversions}
    made = model.__new__(model)
    # As pickle would. The defaults are immutable and can be shared: `model_construct` makes them anew each time.
    made.__setstate__(_STATE | {"__dict__": defaults | given, "__pydantic_fields_set__": set(given)})
    return made


@cache
def _plan(model: type[Model]) -> tuple[dict[str, Any], Mapping[str, Conversion]]:
    """The fields in their order with the values of what is not given, and how the JSON of each becomes its value."""
    defaults = vars(model.model_construct())
    conversions = {name: _conversion(field.annotation) for name, field in model.model_fields.items()}
    return {name: defaults.get(name) for name in conversions}, conversions


def _conversion(kind: Any) -> Conversion:
    """From the JSON of a value to the value, by the field's type."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _conversion(arguments[0])
    if origin in {Union, UnionType}:
        (given,) = (argument for argument in arguments if argument is not NoneType)
        return _conversion(given)
    if origin is tuple:
        return partial(_tuple, _conversion(arguments[0]))
    return _simple(kind)


def _tuple(of_item: Conversion, values: list[Any]) -> tuple[Any, ...]:
    return tuple(map(of_item, values))


def _simple(kind: type) -> Conversion:
    if issubclass(kind, Model):
        return partial(trusted, kind)
    if issubclass(kind, EnterpriseNumber | EstablishmentNumber):
        return partial(_number, kind)
    if issubclass(kind, date):
        return date.fromisoformat
    return kind if issubclass(kind, Enum) else _as_it_is


def _as_it_is(value: Any) -> Any:
    return value


def _number(kind: type, digits: str) -> Any:
    """A register number without its own check."""
    number: Any = object.__new__(kind)
    object.__setattr__(number, "digits", digits)
    return number
