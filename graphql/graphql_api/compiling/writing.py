"""The Python source of a plan: one function for each selection set, an expression that makes a dictionary.

    def organisation(source, info, values):
        document = source.document
        return {
            "slug": document["slug"],
            "title": localised_text(title(source, language=values[0]), info, values),
        }

A member that the schema lets be null may be missing in a document. Where it does not, a missing one raises KeyError,
and the ordinary execution tells the error. Resolvers that take `info` may raise problems, which are the field's own:

        try:
            x = restricted(source, info)
        except Problem as problem:
            x = info.failed(problem, restricted_field)
        else:
            x = None if x is None else restricted_part(x, info, values)
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from inspect import iscoroutinefunction
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
from graphql_api.compiling.expressions import Expression, all_of, dictionary
from graphql_api.compiling.failing import Field
from graphql_api.compiling.fields import Reading, Source, reading_of, source_of
from graphql_api.compiling.kinds import kind_finder
from graphql_api.compiling.leaves import conversion_of, is_as_it_is
from graphql_api.compiling.names import Names
from graphql_api.compiling.parts import RecordParts
from graphql_api.compiling.problems import NotCovered
from graphql_api.compiling.selections import Fields, Selections
from services.problems import Problem


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the answer a value stands, and what is asked of it there."""

    sets: Sequence[SelectionSetNode | None]
    climb: int
    """How many parts of its path a null must go up to where it may stand."""

    def within(self, kind: GraphQLOutputType, nodes: Sequence[FieldNode]) -> "Place":
        """The place of a field of the object that stands here."""
        return Place([node.selection_set for node in nodes], self._below(kind))

    def item(self, kind: GraphQLOutputType) -> "Place":
        """The place of an item of the list that stands here."""
        return replace(self, climb=self._below(kind))

    def _below(self, kind: GraphQLOutputType) -> int:
        return self.climb + 1 if isinstance(kind, GraphQLNonNull) else 0


@dataclass
class Writer:
    """Writes the functions of one plan."""

    schema: GraphQLSchema
    selections: Selections
    parts: RecordParts
    names: Names = field(init=False)
    arguments: list[Argument] = field(default_factory=list)
    """The arguments that come from variables, in the order of `values`."""
    functions: list[str] = field(default_factory=list)
    _written: dict[tuple[object, ...], Expression] = field(default_factory=dict)
    """By type and place: interfaces in interfaces would else be written once for every way to them."""

    _finders: dict[GraphQLAbstractType, Callable[[Any], str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.names = Names(Problem=Problem, parts=self.parts)

    def function(self, kind: GraphQLObjectType, place: Place) -> Expression:
        """Write the function that makes an object of the type; its text is the function's name. Raises NotCovered."""
        selected = [one for one in place.sets if one is not None]
        written = kind.name, place.climb, *map(id, selected)
        if written not in self._written:
            self._written[written] = self._new_function(kind, self.selections.fields(kind, selected), place)
        return self._written[written]

    def _new_function(self, kind: GraphQLObjectType, fields: Fields, place: Place) -> Expression:
        name = self.names.new(kind.name)
        members = {key: self._field(kind, nodes, place) for key, nodes in fields.items()}
        whole, source = all_of(members.values(), name), source_of(kind)
        if source is Source.RECORD:
            self._write_kept(name, members)
        elif source is Source.ANSWER and not whole.fresh:
            self._write_answer(whole, members)
        else:
            self._write(name, dictionary(members))
        return whole

    def _write(self, name: str, lines: Iterable[str]) -> None:
        body = "\n".join(f"    {line}" for line in lines)
        self.functions.append(f"def {name}(source, info, values):\n{body}\n")

    def _write_kept(self, name: str, members: dict[str, Expression]) -> None:
        """Write a function that makes once for each record what depends on nothing else."""
        kept = {key: member for key, member in members.items() if not member.fresh}
        fresh = {key: member for key, member in members.items() if member.fresh}
        read_document = "document = source.document"
        if not kept:
            self._write(name, [read_document, *dictionary(fresh)])
            return
        places = {key: members[key] if key in kept else Expression("None") for key in members}
        maker = self.names.new(f"make_{name}")
        self._write(maker, [read_document, *dictionary(places)])
        key = _key([str(self.parts.new_site()), "source.ordinal"], all_of(kept.values(), maker))
        made = f"{maker}(source, info, values)"
        read = sorted({member.member for member in fresh.values() if member.member is not None})
        keep = f"keep_members(key, source, {made}, {read})" if fresh else f"keep_whole(key, source, {made})"
        lines = [f"key = {key}", "kept = parts.get(key, source)", "if kept is None:", f"    kept = parts.{keep}"]
        if fresh:
            lines += ["document = kept.document", *dictionary(fresh, "**kept.members")]
        else:
            lines.append("return kept")
        self._write(name, lines)

    def _write_answer(self, whole: Expression, members: dict[str, Expression]) -> None:
        """Write a function that makes once for each answer what depends on nothing else. Its key has the maker."""
        maker = self.names.new(f"make_{whole.text}")
        self._write(maker, dictionary(members))
        lines = [f"key = {_key([maker], whole)}", "kept = source.encoded.get(key)", "if kept is None:"]
        lines += [f"    kept = info.keep(source, key, {maker}(source, info, values))", "return kept"]
        self._write(whole.text, lines)

    def _field(self, kind: GraphQLObjectType, nodes: list[FieldNode], parent: Place) -> Expression:
        name = nodes[0].name.value
        if name == "__typename":
            return Expression(f'"{kind.name}"')
        if name not in kind.fields:
            raise NotCovered  # introspection
        definition, reading = kind.fields[name], reading_of(kind.fields[name])
        place = parent.within(definition.type, nodes)
        value = self._read(kind, reading, definition, nodes[0])
        if reading.is_pure:
            return self._completed(definition.type, value, place)
        return self._caught(definition.type, value, place, Field(nodes, place.climb))

    def _caught(self, kind: GraphQLOutputType, value: Expression, place: Place, failing: Field) -> Expression:
        """A value whose resolver may raise problems: those become a mark in its place."""
        name = self.names.new("x")
        where = self.names.of(failing, f"{failing.nodes[0].name.value}_field")
        made = self._completed(kind, replace(value, text=name), place)
        lines = ["try:", f"    {name} = {value.text}"]
        lines += ["except Problem as problem:", f"    {name} = info.failed(problem, {where})"]
        if made.text != name:
            lines += ["else:", f"    {name} = {made.text}"]
        return replace(made, text=name, before=tuple(lines))

    def _read(self, kind: GraphQLObjectType, reading: Reading, definition: GraphQLField, node: FieldNode) -> Expression:
        if reading.resolver is not None:
            return self._call(reading, definition, node)
        source = source_of(kind)
        if source in {Source.OBJECT, Source.ANSWER}:
            return Expression(f"source.{reading.member}")
        document = "document" if source is Source.RECORD else "source"
        member = f'"{reading.member}"'
        text = f"{document}[{member}]" if isinstance(definition.type, GraphQLNonNull) else f"{document}.get({member})"
        return Expression(text, member=reading.member if source is Source.RECORD else None)

    def _call(self, reading: Reading, definition: GraphQLField, node: FieldNode) -> Expression:
        if iscoroutinefunction(reading.resolver):
            raise NotCovered
        function = self.names.of(reading.resolver)
        given = [(argument.name, *self._argument(argument)) for argument in arguments_of(definition, node)]
        texts = [*reading.takes, *(f"{name}={text}" for name, text, _ in given)]
        values = frozenset(at for _, _, at in given if at is not None)
        keyed = all(self.arguments[at].leaf for at in values)
        return Expression(f"{function}({', '.join(texts)})", fresh=not (reading.is_pure and keyed), values=values)

    def _argument(self, argument: Argument) -> tuple[str, int | None]:
        """The source of an argument, and its place in `values` if it comes from variables."""
        if argument.origin is None:
            return self.names.of(argument.get({}), argument.name), None
        for at, known in enumerate(self.arguments):
            if known.origin == argument.origin:
                return f"values[{at}]", at
        self.arguments.append(argument)
        return f"values[{len(self.arguments) - 1}]", len(self.arguments) - 1

    def _completed(self, kind: GraphQLOutputType, value: Expression, place: Place) -> Expression:
        """A value as JSON has it: CompleteValue of the specification (6.4.3)."""
        if is_as_it_is(kind):
            return value
        if isinstance(kind, GraphQLNonNull):
            return self._converted(kind.of_type, value, place)
        if value.text.isidentifier():
            return self._converted(kind, value, place).inside(f"None if {value.text} is None else ", "")
        name = self.names.new("x")
        one = self._converted(kind, replace(value, text=name), place)
        return one.inside(f"None if ({name} := {value.text}) is None else ", "")

    def _converted(self, kind: GraphQLOutputType, value: Expression, place: Place) -> Expression:
        """A value that is there and is not JSON yet."""
        if isinstance(kind, GraphQLList):
            name = self.names.new("x")
            item = self._completed(kind.of_type, Expression(name), place.item(kind.of_type))
            return item.applied(f"[{item.text} for {name} in {value.text}]", value)
        if is_leaf_type(kind):
            return value.inside(f"{self.names.of(conversion_of(kind), kind.name)}(", ")")
        function = self._selected(kind, place)
        return function.applied(f"{function.text}({value.text}, info, values)", value)

    def _selected(self, kind: GraphQLOutputType, place: Place) -> Expression:
        if not is_abstract_type(kind):
            return self.function(cast("GraphQLObjectType", kind), place)
        functions = {one: self.function(one, place) for one in self.schema.get_possible_types(kind)}
        return next(iter(functions.values())) if len(functions) == 1 else self._by_kind(kind, functions)

    def _by_kind(self, kind: GraphQLAbstractType, functions: dict[GraphQLObjectType, Expression]) -> Expression:
        """Write a function that makes an object of whichever of these types it is."""
        written = kind.name, *(function.text for function in functions.values())
        if written not in self._written:
            name = self.names.new(kind.name)
            self._write(name, [f"match {self._kind_of(kind, functions)}(source):", *_cases(functions)])
            self._written[written] = all_of(functions.values(), name)
        return self._written[written]

    def _kind_of(self, kind: GraphQLAbstractType, possible: Iterable[GraphQLObjectType]) -> str:
        """A name of what tells the type of an object."""
        if kind not in self._finders:
            self._finders[kind] = kind_finder(kind, list(possible))
        return self.names.of(self._finders[kind], f"kind_of_{kind.name}")


def _key(parts: Sequence[str], whole: Expression) -> str:
    """The key of what a function makes from the arguments that it depends on."""
    every = [*parts, *(f"values[{at}]" for at in sorted(whole.values))]
    return f"({every[0]},)" if len(every) == 1 else f"({', '.join(every)})"


def _cases(functions: Mapping[GraphQLObjectType, Expression]) -> Iterator[str]:
    for kind, function in functions.items():
        yield f'    case "{kind.name}":'
        yield f"        return {function.text}(source, info, values)"
