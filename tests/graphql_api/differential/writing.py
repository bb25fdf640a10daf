"""Values written into a document: as literals, as variables, and as literals with variables inside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import orjson
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    get_nullable_type,
)

from tests.graphql_api.differential.dice import Dice
from tests.graphql_api.differential.values import Values, are_alike

Nullable: TypeAlias = GraphQLScalarType | GraphQLEnumType | GraphQLInputObjectType | GraphQLList[Any]
_WHOLE_PERCENT, _INSIDE_PERCENT, _AGAIN_PERCENT = 45, 8, 40
_MOST_VARIABLES = 8
_NAMES = ("class", "source", "values", "None", "_", "v")
"""Names of variables that a compiler may stumble over."""
_WRONG: Sequence[Any] = ("ten", 5, [], {}, True, [None], {"none": 1}, 2**40, 1.5)
"""Few of them are wrong everywhere."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable that the operations declare which use it."""

    name: str
    argument: str
    """The argument or input field that it was made for: says which values make sense."""
    kind: GraphQLInputType
    default: str | None

    @property
    def declaration(self) -> str:
        """As it stands at the operation."""
        return f"${self.name}: {self.kind}" + ("" if self.default is None else f" = {self.default}")

    def fits(self, argument: str, kind: GraphQLInputType, *, defaulted: bool) -> bool:
        """Whether it may stand in that place, and its values make sense there."""
        if not are_alike(self.argument, argument) or str(get_nullable_type(self.kind)) != str(get_nullable_type(kind)):
            return False
        never_null = isinstance(self.kind, GraphQLNonNull) or self.default not in {None, "null"}
        return defaulted or never_null or not isinstance(kind, GraphQLNonNull)


@dataclass
class Uses:
    """What an operation or a fragment uses, by name; what its fragments use included."""

    variables: dict[str, Variable] = field(default_factory=dict)
    fragments: set[str] = field(default_factory=set)

    def add(self, other: "Uses") -> None:
        """Take over what a fragment uses."""
        self.variables |= other.variables
        self.fragments |= other.fragments


class Writer:
    """Writes values, and keeps the variables of the document."""

    def __init__(self, dice: Dice, values: Values) -> None:
        self._dice = dice
        self._values = values
        self._variables: dict[str, Variable] = {}

    def argument(self, name: str, kind: GraphQLInputType, uses: Uses, *, defaulted: bool) -> str:
        """A value for an argument; `defaulted` ones may be nullable variables although null is refused."""
        if not isinstance(kind, GraphQLNonNull) and self._dice.chance(3):
            return "null"
        if self._dice.chance(_WHOLE_PERCENT):
            return self._variable(name, kind, uses, defaulted=defaulted)
        return self._literal(self._values.of(name, kind), name, kind, uses)

    def given(self, variable: Variable) -> dict[str, Any]:
        """The variable in the `variables` of a request: a value, null, a wrong value, or nothing."""
        needed = isinstance(variable.kind, GraphQLNonNull)
        defaulted = variable.default is not None
        if (defaulted or not needed) and self._dice.chance(30 if defaulted else 15):
            return {}
        if not needed and self._dice.chance(30 if defaulted else 10):
            return {variable.name: None}
        if self._dice.chance(2):
            return self._dice.one_of(({}, {variable.name: self._dice.one_of(_WRONG)}))
        return {variable.name: self._values.of(variable.argument, variable.kind)}

    def _literal(self, value: Any, name: str, kind: GraphQLInputType, uses: Uses | None) -> str:
        bare = get_nullable_type(kind)
        if isinstance(bare, GraphQLList):
            return self._list(value, name, bare.of_type, uses)
        if isinstance(bare, GraphQLInputObjectType):
            return self._object(value, bare, uses)
        assert isinstance(bare, GraphQLEnumType | GraphQLScalarType)
        return str(value) if isinstance(bare, GraphQLEnumType) else _scalar(value)

    def _list(self, value: Any, name: str, kind: GraphQLInputType, uses: Uses | None) -> str:
        items = [self._inside(item, name, kind, uses) for item in value]
        # One item may stand for a list of it.
        alone = len(items) == 1 and not isinstance(get_nullable_type(kind), GraphQLList) and self._dice.chance(10)
        return items[0] if alone and "$" not in items[0] else f"[{', '.join(items)}]"

    def _object(self, value: Mapping[str, Any], kind: GraphQLInputObjectType, uses: Uses | None) -> str:
        members = [f"{name}: {self._inside(part, name, kind.fields[name].type, uses)}" for name, part in value.items()]
        return f"{{{', '.join(members)}}}"

    def _inside(self, value: Any, name: str, kind: GraphQLInputType, uses: Uses | None) -> str:
        if uses is not None and self._dice.chance(_INSIDE_PERCENT):
            return self._variable(name, kind, uses, defaulted=False)
        return self._literal(value, name, kind, uses)

    def _variable(self, name: str, kind: GraphQLInputType, uses: Uses, *, defaulted: bool) -> str:
        fitting = [one for one in self._variables.values() if one.fits(name, kind, defaulted=defaulted)]
        if fitting and self._dice.chance(_AGAIN_PERCENT):
            variable = self._dice.one_of(fitting)
        elif len(self._variables) < _MOST_VARIABLES:
            variable = self._new_variable(name, kind, defaulted=defaulted)
        else:
            return self._literal(self._values.of(name, kind), name, kind, None)
        uses.variables[variable.name] = variable
        return f"${variable.name}"

    def _new_variable(self, argument: str, kind: GraphQLInputType, *, defaulted: bool) -> Variable:
        plain = self._dice.one_of(_NAMES) if self._dice.chance(15) else argument
        name = plain if plain not in self._variables else f"{plain}{len(self._variables)}"
        declared, default = self._declared(argument, kind, defaulted=defaulted)
        self._variables[name] = Variable(name, argument, declared, default)
        return self._variables[name]

    def _declared(
        self, argument: str, kind: GraphQLInputType, *, defaulted: bool
    ) -> tuple[GraphQLInputType, str | None]:
        """A type that fits the place, and a default or none."""
        bare: Nullable = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
        strict: GraphQLInputType = GraphQLNonNull(bare)
        undefaulted = self._dice.one_of((kind, strict, bare if defaulted else kind, None, None))
        if undefaulted is not None:
            return undefaulted, None
        if not isinstance(kind, GraphQLNonNull) and self._dice.chance(15):
            return bare, "null"
        default = self._literal(self._values.of(argument, kind), argument, kind, None)
        return self._dice.one_of((bare, strict)), default


def _scalar(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{{', '.join(f'{name}: {_scalar(part)}' for name, part in value.items())}}}"
    return f"[{', '.join(map(_scalar, value))}]" if isinstance(value, list) else orjson.dumps(value).decode()
