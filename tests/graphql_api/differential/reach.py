"""The output types and fields that a query can reach, whatever the schema has, and a way to each of them."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, cast

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_abstract_type,
    is_composite_type,
)

Composite: TypeAlias = GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType


@dataclass(frozen=True, slots=True)
class Step:
    """One field on the way to another."""

    parent: str
    field: str


ARGUMENTS_WEIGH = 4
"""Fields with arguments are chosen so much more often than others."""
Way: TypeAlias = tuple[Step, ...]


class Reach:
    """What can be reached from the root of queries."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self.root = cast("GraphQLObjectType", schema.query_type)
        self._levels = {self.root.name: 0}
        """How many fields there are between the root and a type, at least."""
        self._walk()
        self.fields: Sequence[Step] = sorted(
            (Step(name, field) for name in self._levels for field in self.fields_of(self._type(name))), key=str
        )
        """Each field that a query can reach, of object types and interfaces."""
        self.targets = [step for step in self.fields for _ in range(ARGUMENTS_WEIGH if self._takes(step) else 1)]
        """The same, as often as they are to be chosen."""
        kinds = [self._type(name) for name in sorted(self._levels)]
        self._conditions = {kind.name: [one for one in kinds if self._overlap(one, kind)] for kind in kinds}
        self._families = {
            kind.name: min(part.name for one in self._conditions[kind.name] for part in self._conditions[one.name])
            for kind in kinds
        }
        self._into = {name: self._steps_into(self._type(name)) for name in self._levels}

    def way(self, target: Step, choose: Callable[[Sequence[Step]], Step], detours: int = 2) -> Way:
        """A way to the field, as `choose` has it among those that lead nearer to the root, with some detours."""
        found = [target]
        while found[0].parent != self.root.name:
            level = self._levels[found[0].parent]
            options = [step for step in self._into[found[0].parent] if detours or self._levels[step.parent] < level]
            step = choose(options)
            detours -= self._levels[step.parent] >= level
            found.insert(0, step)
        return tuple(found)

    def fields_of(self, kind: Composite) -> Mapping[str, GraphQLField]:
        """The fields of the type; a union has none."""
        return {} if isinstance(kind, GraphQLUnionType) else kind.fields

    def possible(self, kind: Composite) -> list[GraphQLObjectType]:
        """The object types that values of the type can have."""
        return (
            list(self.schema.get_possible_types(kind)) if is_abstract_type(kind) else [cast("GraphQLObjectType", kind)]
        )

    def conditions(self, kind: Composite) -> Sequence[Composite]:
        """The types that a fragment within the type may be on, itself among them."""
        return self._conditions[kind.name]

    def family(self, kind: Composite) -> str:
        """A name that types share of which one value can be: response keys must not differ among them."""
        return self._families[kind.name]

    def composite(self, kind: GraphQLOutputType) -> Composite | None:
        """The type whose fields are selected in a field of this type; none for scalars and enums."""
        inner: GraphQLNamedType = get_named_type(kind)
        return inner if is_composite_type(inner) else None

    def _walk(self) -> None:
        waiting: deque[Composite] = deque([self.root])
        while waiting:
            kind = waiting.popleft()
            for field in self.fields_of(kind).values():
                if (inner := self.composite(field.type)) is not None:
                    near = [inner, *self.possible(inner)]
                    near += [above for one in near for above in self._interfaces(one)]
                    waiting.extend(self._new(near, self._levels[kind.name] + 1))

    def _new(self, kinds: Iterable[Composite], level: int) -> list[Composite]:
        new = {kind.name: kind for kind in kinds if kind.name not in self._levels}
        self._levels |= dict.fromkeys(new, level)
        return list(new.values())

    def _steps_into(self, kind: Composite) -> list[Step]:
        """Fields whose values can be of that type, the nearest to the root first."""
        names = {one.name for one in self.conditions(kind)}
        found = [step for step in self.fields if (inner := self._inner(step)) is not None and inner.name in names]
        return sorted(found, key=lambda step: self._levels[step.parent])

    def _overlap(self, one: Composite, other: Composite) -> bool:
        return one is other or not {part.name for part in self.possible(one)}.isdisjoint(
            part.name for part in self.possible(other)
        )

    def _takes(self, step: Step) -> bool:
        return bool(self.fields_of(self._type(step.parent))[step.field].args)

    def _inner(self, step: Step) -> Composite | None:
        return self.composite(self.fields_of(self._type(step.parent))[step.field].type)

    def _interfaces(self, kind: Composite) -> Sequence[Composite]:
        return () if isinstance(kind, GraphQLUnionType) else kind.interfaces

    def _type(self, name: str) -> Composite:
        return cast("Composite", self.schema.type_map[name])
