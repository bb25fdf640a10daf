"""Selection sets, with fragments of every kind; valid by construction.

A response key means one field with the same arguments wherever it stands in the document on types that one value can
have. So whatever is selected twice can be merged, also across fragments.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import cast

from graphql import DirectiveLocation, GraphQLArgument, GraphQLField, is_required_argument

from tests.graphql_api.differential.dice import Dice
from tests.graphql_api.differential.reach import ARGUMENTS_WEIGH, Composite, Reach, Way
from tests.graphql_api.differential.values import CHOICES
from tests.graphql_api.differential.writing import Uses, Writer

_MOST_ALIASES = 25
_DEEPEST = 7
"""Of what is drawn at random. The limits of `limits.py` are wider; the way to a target may go further."""
_MOST_FRAGMENTS = 5
_KEYS = ("a", "b", "id", "slug", "nodes", "title", "class", "None", "source", "document", "kept", "values", "_", "x_1")
"""Aliases: names of other fields, and names that a compiler may stumble over."""
_FRAGMENTS = ("Named", "Organisation", "class", "parts", "Deep")


@dataclass(frozen=True, slots=True)
class _Call:
    """A field with its arguments, as it is written after its response key."""

    name: str
    arguments: str
    uses: Uses = field(compare=False, default_factory=Uses)


@dataclass(frozen=True, slots=True)
class _Fragment:
    name: str
    kind: Composite
    text: str
    uses: Uses
    depth: int


@dataclass
class _Scope:
    """A selection set that is being written."""

    kind: Composite
    depth: int
    uses: Uses
    deepest: int = 0
    """How deep its fields go, fragments included."""
    keys: list[str] = field(default_factory=list)

    def reach(self, levels: int) -> None:
        """Note that something goes so deep."""
        self.deepest = max(self.deepest, levels)


class Selections:
    """Writes the selection sets of one document."""

    def __init__(self, reach: Reach, dice: Dice, writer: Writer) -> None:
        self._reach = reach
        self._dice = dice
        self._writer = writer
        self._budget = dice.between(1, 16)
        self._aliases = self._numbers = 0
        self._calls: dict[str, dict[str, _Call]] = {}
        self._fragments: list[_Fragment] = []
        self._names = list(_FRAGMENTS)
        self._parts: Sequence[Callable[[_Scope], str]] = (
            *[self._typename],
            *[self._field] * 12,
            *[self._again] * 2,
            *[self._inline] * 2,
            *[self._spread] * 3,
        )
        """What a selection set is made of, as often as it is there."""

    def root(self, ways: Iterable[Way]) -> tuple[str, Uses]:
        """The selection set of an operation that has these targets, and what it uses."""
        uses = Uses()
        text, _ = self._set(self._reach.root, 0, list(ways), uses)
        return text, uses

    def definitions(self, names: Iterable[str]) -> list[str]:
        """The fragments of these names."""
        wanted = set(names)
        return [f"fragment {one.name} on {one.kind.name} {one.text}" for one in self._fragments if one.name in wanted]

    def directives(self, location: DirectiveLocation, uses: Uses, percent: int) -> str:
        """Directives that may stand there."""
        known = [one for one in self._reach.schema.directives if location in one.locations]
        return "".join(
            f" @{one.name}{self._arguments('', one.args, uses)}" for one in known if self._dice.chance(percent)
        )

    def _set(self, kind: Composite, depth: int, ways: list[Way], uses: Uses) -> tuple[str, int]:
        """The text, and how deep it goes."""
        scope = _Scope(kind, depth, uses)
        parts = [self._towards(scope, way) for way in ways if way]
        wanted = self._dice.between(0 if parts else 1, 4)
        parts += [self._any(scope) for _ in range(wanted) if self._budget > 0]
        return f"{{ {' '.join(parts) or self._typename(scope)} }}", scope.deepest

    def _any(self, scope: _Scope) -> str:
        self._budget -= 1
        return self._dice.one_of(self._parts)(scope)

    def _typename(self, scope: _Scope) -> str:
        scope.reach(1)
        key = self._key(scope, _Call("__typename", ""))
        return self._written(scope, key, self._dice_directives(DirectiveLocation.FIELD, scope))

    def _field(self, scope: _Scope) -> str:
        leaf_only = scope.depth >= _DEEPEST or self._budget <= 0
        fields = self._reach.fields_of(scope.kind)
        options = [
            name
            for name, one in fields.items()
            if not (leaf_only and self._reach.composite(one.type))
            for _ in range(ARGUMENTS_WEIGH if one.args else 1)
        ]
        return self._selected(scope, self._dice.one_of(options), ()) if options else self._typename(scope)

    def _towards(self, scope: _Scope, way: Way) -> str:
        step = way[0]
        if step.field in self._reach.fields_of(scope.kind) and step.parent == scope.kind.name:
            return self._selected(scope, step.field, way[1:])
        condition = cast("Composite", self._reach.schema.type_map[step.parent])
        return self._within(scope, condition, [way])

    def _selected(self, scope: _Scope, name: str, way: Way) -> str:
        declared = self._reach.fields_of(scope.kind)[name]
        key = self._key(scope, self._call(scope, name, declared))
        return self._completed(scope, key, way)

    def _completed(self, scope: _Scope, key: str, way: Way) -> str:
        """The field of that response key with directives and a selection set of its own."""
        call = self._known(scope.kind)[key]
        scope.keys.append(key)
        scope.uses.add(call.uses)
        scope.reach(1)
        directives = self._dice_directives(DirectiveLocation.FIELD, scope)
        inner = None
        if call.name != "__typename":
            inner = self._reach.composite(self._reach.fields_of(scope.kind)[call.name].type)
        if inner is None:
            return self._written(scope, key, directives)
        text, depth = self._set(inner, scope.depth + 1, [way], scope.uses)
        scope.reach(1 + depth)
        return f"{self._written(scope, key, directives)} {text}"

    def _again(self, scope: _Scope) -> str:
        """A response key that this set has already: the selections are merged."""
        if not scope.keys:
            return self._field(scope)
        return self._completed(scope, self._dice.one_of(scope.keys), ())

    def _written(self, scope: _Scope, key: str, directives: str) -> str:
        call = self._known(scope.kind)[key]
        self._aliases += key != call.name
        return ("" if key == call.name else f"{key}: ") + f"{call.name}{call.arguments}{directives}"

    def _key(self, scope: _Scope, call: _Call) -> str:
        """A response key for the call: its name, or an alias where that is taken by another call or chance wants it."""
        known = self._known(scope.kind)
        wanted = self._dice.one_of(_KEYS) if self._dice.chance(8) and self._aliases < _MOST_ALIASES else call.name
        if wanted != call.name and wanted in known and known[wanted] != call:
            wanted = self._numbered(wanted)
        if known.get(wanted, call) == call:
            return self._taken(known, wanted, call)
        taken = known[wanted]
        if taken.name == call.name and (self._aliases >= _MOST_ALIASES or self._dice.chance(50)):
            return wanted
        return self._taken(known, self._numbered(call.name), call)

    def _numbered(self, key: str) -> str:
        self._numbers += 1
        return f"{key}{self._numbers}"

    def _taken(self, known: dict[str, _Call], key: str, call: _Call) -> str:
        known.setdefault(key, call)
        return key

    def _known(self, kind: Composite) -> dict[str, _Call]:
        return self._calls.setdefault(self._reach.family(kind), {})

    def _call(self, scope: _Scope, name: str, declared: GraphQLField) -> _Call:
        uses = Uses()
        return _Call(name, self._arguments(f"{scope.kind.name}.{name}", declared.args, uses), uses)

    def _arguments(self, place: str, declared: dict[str, GraphQLArgument], uses: Uses) -> str:
        names = self._argument_names(place, declared)
        written = [
            f"{name}: "
            + self._writer.argument(name, declared[name].type, uses, defaulted=not is_required_argument(declared[name]))
            for name in names
        ]
        return f"({', '.join(written)})" if written else ""

    def _argument_names(self, place: str, declared: dict[str, GraphQLArgument]) -> list[str]:
        choices = CHOICES.get(place)
        if choices and not self._dice.chance(3):
            return [name for name in self._dice.one_of(choices) if name in declared]
        required = [name for name, one in declared.items() if is_required_argument(one)]
        return required + self._dice.some_of([name for name in declared if name not in required], 3)

    def _inline(self, scope: _Scope) -> str:
        if self._dice.chance(40):
            directives = self._dice_directives(DirectiveLocation.INLINE_FRAGMENT, scope)
            text, depth = self._set(scope.kind, scope.depth, [], scope.uses)
            scope.reach(depth)
            return f"...{directives} {text}"
        return self._within(scope, self._dice.one_of(self._reach.conditions(scope.kind)), [])

    def _within(self, scope: _Scope, condition: Composite, ways: list[Way]) -> str:
        directives = self._dice_directives(DirectiveLocation.INLINE_FRAGMENT, scope)
        text, depth = self._set(condition, scope.depth, ways, scope.uses)
        scope.reach(depth)
        return f"... on {condition.name}{directives} {text}"

    def _spread(self, scope: _Scope) -> str:
        conditions = self._reach.conditions(scope.kind)
        known = [one for one in self._fragments if one.kind in conditions and one.depth + scope.depth <= _DEEPEST + 1]
        if known and self._dice.chance(60):
            fragment = self._dice.one_of(known)
        elif self._names and scope.depth < _DEEPEST:
            fragment = self._new_fragment(self._dice.one_of(conditions), scope.depth)
        else:
            return self._inline(scope)
        scope.uses.add(fragment.uses)
        scope.uses.fragments.add(fragment.name)
        scope.reach(fragment.depth)
        return f"...{fragment.name}{self._dice_directives(DirectiveLocation.FRAGMENT_SPREAD, scope)}"

    def _new_fragment(self, kind: Composite, depth: int) -> _Fragment:
        uses, name = Uses(), self._names.pop(0)
        text, reached = self._set(kind, depth, [], uses)
        self._fragments.append(_Fragment(name, kind, text, uses, reached))
        return self._fragments[-1]

    def _dice_directives(self, location: DirectiveLocation, scope: _Scope) -> str:
        return self.directives(location, scope.uses, 7)
