"""The six questions, each in the words of each subject: files in `queries/`."""

from dataclasses import dataclass
from pathlib import Path

_FOLDER = Path(__file__).with_name("queries")


@dataclass(frozen=True, slots=True)
class Question:
    """Something that front ends ask."""

    name: str
    parameters: tuple[str, ...]
    """Its variables in GraphQL; the parameters $1, $2 … of its statement in this order."""
    title: str
    is_ranked_freely: bool = False
    """Whether subjects may well answer differently: then what counts is that they find what was meant."""

    @property
    def graphql(self) -> str:
        """The document for our schema."""
        return self._text("graphql")

    @property
    def postgraphile(self) -> str:
        """The document for PostGraphile's schema, asking for the same values."""
        return self._text("postgraphile.graphql")

    @property
    def statement(self) -> str:
        """The SQL statement that gives the same values as one JSON text."""
        return self._text("sql")

    def _text(self, ending: str) -> str:
        return (_FOLDER / f"{self.name}.{ending}").read_text()


QUESTIONS = (
    Question("one", ("slug",), "one organisation"),
    Question("list", ("kind", "province"), "list + total"),
    Question("export", ("minShare", "countries", "sector", "otherSector"), "AWEX"),
    Question("text", ("text",), "text", is_ranked_freely=True),
    Question("facets", ("kind", "province"), "facets"),
    Question("radius", ("longitude", "latitude", "radiusKm"), "radius"),
)
