"""The strategy of the differential test: a document, and requests that ask it with different variables."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from graphql import DirectiveLocation
from hypothesis import strategies as st

from tests.graphql_api.differential.dice import Dice
from tests.graphql_api.differential.reach import Reach
from tests.graphql_api.differential.selections import Selections
from tests.graphql_api.differential.values import Values
from tests.graphql_api.differential.writing import Uses, Writer

_NAMES = ("Asked", "Query", "class")


@dataclass(frozen=True, slots=True)
class Asked:
    """One document with what is sent along."""

    document: str
    operation_name: str | None
    variables: tuple[dict[str, Any] | None, ...]
    """Those of each request."""


@st.composite
def asked(draw: st.DrawFn, reach: Reach, cursors: Sequence[str], requests: int = 3) -> Asked:
    """Documents of queries over the whole schema; `cursors` are good ones of the list of everything."""
    dice = Dice(draw)
    writer = Writer(dice, Values(dice, cursors))
    selections = Selections(reach, dice, writer)
    named = _NAMES[: dice.one_of((0, 0, 1, 1, 1, 2, 3))]
    operations = [_operation(dice, reach, selections, name) for name in named or [""]]
    fragments = selections.definitions(set().union(*(one.uses.fragments for one in operations)))
    chosen = dice.one_of(operations)
    variables = _requests(dice, writer, chosen.uses, requests)
    texts = [one.text for one in operations] + fragments
    return Asked("\n".join(texts), _operation_name(dice, chosen.name, len(operations)), variables)


@dataclass(frozen=True, slots=True)
class _Operation:
    name: str
    text: str
    uses: Uses


def _operation(dice: Dice, reach: Reach, selections: Selections, name: str) -> _Operation:
    ways = [reach.way(dice.one_of(reach.targets), dice.one_of) for _ in range(dice.one_of((0, 1, 1, 2, 2, 3)))]
    text, uses = selections.root(ways)
    directives = selections.directives(DirectiveLocation.QUERY, uses, 10)
    declared = ", ".join(variable.declaration for variable in uses.variables.values())
    head = name + (f"({declared})" if declared else "") + directives
    return _Operation(name, f"query {head} {text}" if head else text, uses)


def _operation_name(dice: Dice, name: str, operations: int) -> str | None:
    if dice.chance(2):
        return dice.one_of((None, "Nobody"))
    return name if name and (operations > 1 or dice.chance(50)) else None


def _requests(dice: Dice, writer: Writer, uses: Uses, count: int) -> tuple[dict[str, Any] | None, ...]:
    """The variables of each request: some of them are as in the request before."""
    found: list[dict[str, Any]] = []
    parts: dict[str, dict[str, Any]] = {}
    for _ in range(count if uses.variables else 1):
        for name, variable in uses.variables.items():
            if name not in parts or dice.chance(50):
                parts[name] = writer.given(variable)
        found.append({name: value for part in parts.values() for name, value in part.items()})
        if dice.chance(3):
            found[-1]["unheardOf"] = 1
    return tuple(one or (None if dice.chance(50) else {}) for one in found)
