"""The Python source of a plan: one function for each selection set, an expression that makes a dictionary.

    def organisation(source, info, values):
        document = source.document
        return {
            "slug": document["slug"],
            "title": localised_text(title(source, language=values[0]), info, values),
        }

A member that the schema lets be null may be missing in a document. Where it does not, a missing one raises KeyError,
and the ordinary execution tells the error.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from inspect import iscoroutinefunction
from itertools import chain, count
from keyword import kwlist
from typing import Any, cast

from graphql import (
    FieldNode,
    GraphQLAbstractType,
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    SelectionSetNode,
    is_abstract_type,
    is_leaf_type,
)

from graphql_api.compiling.arguments import Argument, arguments_of
from graphql_api.compiling.fields import Reading, Source, reading_of, source_of
from graphql_api.compiling.kinds import kind_finder
from graphql_api.compiling.leaves import conversion_of, is_as_it_is
from graphql_api.compiling.parts import RecordParts
from graphql_api.compiling.problems import NotCovered
from graphql_api.compiling.selections import Fields, Selections

_OWN_NAMES = ("source", "info", "values", "document", "key", "kept", "parts")


@dataclass(frozen=True, slots=True)
class Expression:
    """A piece of source, and what its value depends on besides the object it reads."""

    text: str
    fresh: bool = False
    """Whether on the caller, the day or the state: such a value is never kept."""
    values: frozenset[int] = frozenset()
    """Whether on arguments from variables: which of them."""
    member: str | None = None
    """The member of the record's document that it reads by itself."""

    def inside(self, before: str, after: str) -> "Expression":
        """The expression with more source around it."""
        return replace(self, text=f"{before}{self.text}{after}")


@dataclass
class Writer:
    """Writes the functions of one plan."""

    schema: GraphQLSchema
    selections: Selections
    parts: RecordParts
    namespace: dict[str, Any] = field(default_factory=dict)
    """What the source refers to, by name."""
    arguments: list[Argument] = field(default_factory=list)
    """The arguments that come from variables, in the order of `values`."""
    functions: list[str] = field(default_factory=list)
    _written: dict[tuple[object, ...], Expression] = field(default_factory=dict)
    """By type and selection sets: interfaces in interfaces would else be written once for every way to them."""
    _names: dict[str, tuple[str, Any]] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=lambda: {*kwlist, *_OWN_NAMES})

    def function(self, kind: GraphQLObjectType, sets: Iterable[SelectionSetNode | None]) -> Expression:
        """Write the function that makes an object of the type; its text is the function's name. Raises NotCovered."""
        selected = [one for one in sets if one is not None]
        written = kind.name, *map(id, selected)
        if written not in self._written:
            self._written[written] = self._new_function(kind, self.selections.fields(kind, selected))
        return self._written[written]

    def _new_function(self, kind: GraphQLObjectType, fields: Fields) -> Expression:
        name = self._new_name(kind.name)
        members = {key: self._field(kind, nodes) for key, nodes in fields.items()}
        if source_of(kind) is Source.RECORD:
            self._write_kept(name, members)
        else:
            self._write(name, [f"return {_dictionary(members)}"])
        return _all(members.values(), name)

    def _write(self, name: str, lines: Iterable[str]) -> None:
        body = "\n".join(f"    {line}" for line in lines)
        self.functions.append(f"def {name}(source, info, values):\n{body}\n")

    def _write_kept(self, name: str, members: dict[str, Expression]) -> None:
        """Write a function that makes once for each record what depends on nothing else."""
        kept = {key: member for key, member in members.items() if not member.fresh}
        fresh = {key: member for key, member in members.items() if member.fresh}
        read_document = "document = source.document"
        if not kept:
            self._write(name, [read_document, f"return {_dictionary(fresh)}"])
            return
        places = {key: members[key] if key in kept else Expression("None") for key in members}
        maker = self._new_name(f"make_{name}")
        self._write(maker, [read_document, f"return {_dictionary(places)}"])
        self.namespace["parts"] = self.parts
        asked = sorted(frozenset().union(*(member.values for member in kept.values())))
        key = ", ".join([str(self.parts.new_site()), "source.ordinal", *(f"values[{at}]" for at in asked)])
        made = f"{maker}(source, info, values)"
        read = sorted({member.member for member in fresh.values() if member.member is not None})
        keep = f"keep_members(key, source, {made}, {read})" if fresh else f"keep_whole(key, source, {made})"
        lines = [f"key = ({key})", "kept = parts.get(key, source)", "if kept is None:", f"    kept = parts.{keep}"]
        if fresh:
            lines += ["document = kept.document", f"return {_dictionary(fresh, '**kept.members')}"]
        else:
            lines.append("return kept")
        self._write(name, lines)

    def _field(self, kind: GraphQLObjectType, nodes: list[FieldNode]) -> Expression:
        name = nodes[0].name.value
        if name == "__typename":
            return Expression(f'"{kind.name}"')
        if name not in kind.fields:
            raise NotCovered  # introspection
        definition = kind.fields[name]
        value = self._read(kind, definition, nodes[0])
        return self._completed(definition.type, value, [node.selection_set for node in nodes])

    def _read(self, kind: GraphQLObjectType, definition: GraphQLField, node: FieldNode) -> Expression:
        reading = reading_of(definition)
        if reading.resolver is not None:
            return self._call(reading, definition, node)
        source = source_of(kind)
        if source is Source.OBJECT:
            return Expression(f"source.{reading.member}")
        document = "document" if source is Source.RECORD else "source"
        member = f'"{reading.member}"'
        text = f"{document}[{member}]" if isinstance(definition.type, GraphQLNonNull) else f"{document}.get({member})"
        return Expression(text, member=reading.member if source is Source.RECORD else None)

    def _call(self, reading: Reading, definition: GraphQLField, node: FieldNode) -> Expression:
        if iscoroutinefunction(reading.resolver):
            raise NotCovered
        function = self._known_as(reading.resolver)
        given = [(argument.name, *self._argument(argument)) for argument in arguments_of(definition, node)]
        texts = [*reading.takes, *(f"{name}={text}" for name, text, _ in given)]
        values = frozenset(at for _, _, at in given if at is not None)
        keyed = all(self.arguments[at].leaf for at in values)
        return Expression(f"{function}({', '.join(texts)})", fresh=not (reading.is_pure and keyed), values=values)

    def _argument(self, argument: Argument) -> tuple[str, int | None]:
        """The source of an argument, and its place in `values` if it comes from variables."""
        if argument.origin is None:
            return self._known_as(argument.get({}), argument.name), None
        for at, known in enumerate(self.arguments):
            if known.origin == argument.origin:
                return f"values[{at}]", at
        self.arguments.append(argument)
        return f"values[{len(self.arguments) - 1}]", len(self.arguments) - 1

    def _completed(
        self, kind: GraphQLOutputType, value: Expression, sets: list[SelectionSetNode | None], *, nullable: bool = True
    ) -> Expression:
        """A value as JSON has it: CompleteValue of the specification (6.4.3)."""
        if isinstance(kind, GraphQLNonNull):
            return self._completed(kind.of_type, value, sets, nullable=False)
        if is_as_it_is(kind):
            return value
        name = self._new_name("x")
        one = self._converted(kind, replace(value, text=name) if nullable else value, sets)
        return one.inside(f"None if ({name} := {value.text}) is None else ", "") if nullable else one

    def _converted(self, kind: GraphQLOutputType, value: Expression, sets: list[SelectionSetNode | None]) -> Expression:
        """A value that is there and is not JSON yet."""
        if isinstance(kind, GraphQLList):
            name = self._new_name("x")
            item = self._completed(kind.of_type, Expression(name), sets)
            return _both(item, value, f"[{item.text} for {name} in {value.text}]")
        if is_leaf_type(kind):
            return value.inside(f"{self._known_as(conversion_of(kind), kind.name)}(", ")")
        function = self._selected(kind, sets)
        return _both(function, value, f"{function.text}({value.text}, info, values)")

    def _selected(self, kind: GraphQLOutputType, sets: list[SelectionSetNode | None]) -> Expression:
        if not is_abstract_type(kind):
            return self.function(cast("GraphQLObjectType", kind), sets)
        functions = {one: self.function(one, sets) for one in self.schema.get_possible_types(kind)}
        return next(iter(functions.values())) if len(functions) == 1 else self._by_kind(kind, functions)

    def _by_kind(self, kind: GraphQLAbstractType, functions: dict[GraphQLObjectType, Expression]) -> Expression:
        """Write a function that makes an object of whichever of these types it is."""
        name = self._new_name(kind.name)
        kind_of = self._known_as(kind_finder(kind, list(functions)), f"kind_of_{kind.name}")
        lines = [f"match {kind_of}(source):"]
        for one, function in functions.items():
            lines += [f'    case "{one.name}":', f"        return {function.text}(source, info, values)"]
        self._write(name, lines)
        return _all(functions.values(), name)

    def _known_as(self, value: Any, hint: str | None = None) -> str:
        """A name of the value in the source."""
        if isinstance(value, bool | int | None) or type(value) is str:
            return repr(value)
        key = hint or value.__name__, value
        for name, known in self._names.items():
            if known == key:
                return name
        name = self._new_name(key[0])
        self._names[name] = key
        self.namespace[name] = value
        return name

    def _new_name(self, hint: str) -> str:
        """A name that nothing in the source has yet."""
        plain = re.sub(r"\W", "", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", hint)).lower().strip("_")
        name = next(name for name in chain([plain], (f"{plain}_{at}" for at in count(2))) if name not in self._taken)
        self._taken.add(name)
        return name


def _all(parts: Iterable[Expression], text: str) -> Expression:
    """An expression that depends on all that the parts depend on."""
    found = list(parts)
    return Expression(text, any(one.fresh for one in found), frozenset().union(*(one.values for one in found)))


def _both(one: Expression, other: Expression, text: str) -> Expression:
    return Expression(text, one.fresh or other.fresh, one.values | other.values, other.member)


def _dictionary(members: dict[str, Expression], *first: str) -> str:
    lines = [*first, *(f'"{key}": {member.text}' for key, member in members.items())]
    return "{\n" + "".join(f"        {line},\n" for line in lines) + "    }"
