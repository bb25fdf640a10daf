"""Pieces of the source of a plan, and what their values depend on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace


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
    before: tuple[str, ...] = ()
    """Lines that stand before the one with the expression."""

    def inside(self, before: str, after: str) -> "Expression":
        """The expression with more source around it."""
        return replace(self, text=f"{before}{self.text}{after}")

    def applied(self, text: str, value: "Expression") -> "Expression":
        """What is made of another value, as this expression says."""
        return Expression(text, self.fresh or value.fresh, self.values | value.values, value.member)


def all_of(parts: Iterable[Expression], text: str) -> Expression:
    """An expression that depends on all that the parts depend on."""
    found = list(parts)
    return Expression(text, any(one.fresh for one in found), frozenset().union(*(one.values for one in found)))


def dictionary(members: Mapping[str, Expression], *first: str) -> list[str]:
    """The lines of a function's body that give a dictionary of these members."""
    before = [line for member in members.values() for line in member.before]
    entries = [*first, *(f'"{key}": {member.text}' for key, member in members.items())]
    return [*before, "return {", *(f"    {entry}," for entry in entries), "}"]
