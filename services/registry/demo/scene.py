"""What the making of one organisation works with, and what all of them share."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from services.reference.communes import Commune
from services.registry.demo import names, places, texts
from services.registry.demo.draw import chance, pick
from services.registry.demo.places import Territory

Document = dict[str, Any]
_PHONE_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Span:
    """The numbers from `first` up to, and without, `end`: the organisations of one recipe."""

    first: int
    end: int


@dataclass(frozen=True, slots=True)
class Scene:
    """One organisation to be made: its number in the ecosystem, its place in its recipe, and the draws."""

    seed: int
    on: date
    territory: Territory
    spans: dict[str, Span]
    """The numbers of each recipe's organisations: how links find their targets without a list of them."""
    random: Random
    number: int
    place: int
    root: str
    """Its own made-up word."""

    @property
    def id(self) -> str:
        """Id of the organisation."""
        return names.identifier("org", self.number, self.seed)

    @property
    def last_year(self) -> int:
        """The last full business year."""
        return self.on.year - 1

    def days_ago(self, days: float) -> str:
        """A day before the scene's, as it stands in JSON."""
        return (self.on - timedelta(days=int(days))).isoformat()

    def some_day(self, least: int, most: int) -> str:
        """A day between so many days ago."""
        return self.days_ago(least + self.random.random() * (most - least))

    def link(self, kind: str, recipe: str, since: int | None = None) -> list[Document]:
        """A relation to some organisation of the recipe; none when there is none of it, or it would be itself."""
        span = self.spans[recipe]
        number = span.first + int(self.random.random() * (span.end - span.first))
        if number >= span.end or number == self.number:
            return []
        relation: Document = {"kind": kind, "target": names.identifier("org", number, self.seed)}
        return [relation | {"since": since} if since else relation]

    def contact(self) -> Document:
        """The platform contact: a made-up person."""
        contact: Document = {
            "name": names.person(self.number, self.seed),
            "role": pick(self.random, ("Direction", "Communication", "Administration")),
            "email": f"contact@{self.root.lower()}.example",
        }
        return contact

    def reach(self, commune: Commune) -> Document:
        """Website, role e-mail and, for some, a telephone number."""
        host = f"{self.root.lower()}.example"
        reach: Document = {"websites": [f"https://www.{host}"], "email": f"info@{host}"}
        if self.number < names.TELEPHONES and chance(self.random, _PHONE_SHARE):
            reach["phone"] = places.phone(commune, self.number)
        return reach

    def draw_place(self) -> tuple[Commune, tuple[str, ...]]:
        """A commune, and the languages in which the organisation writes there."""
        commune = self.territory.draw(self.random)
        return commune, texts.languages(commune, self.random)
