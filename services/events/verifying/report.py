"""What a comparison with the log found."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.events.contracts.entries import Json, Subject
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import View


class Kind(StrEnum):
    """How a subject differs from the log."""

    MISSING = "missing"
    """The log has it, and what was compared has not."""
    EXTRA = "extra"
    """The log has not, or not any more, what was compared has."""
    DIFFERENT = "different"
    """Its documents are not those of the log."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One subject that differs."""

    subject: Subject
    kind: Kind
    found: int | None = None
    """The version that what was compared has; none where it is not known."""
    expected: int | None = None
    """The version that the log has."""

    def as_json(self) -> Json:
        """The difference as `dwr verify --json` prints it."""
        where = {"kind": self.subject.kind, "id": self.subject.id}
        return {"subject": where, "difference": self.kind.value, "version": self.found, "expected": self.expected}

    def __str__(self) -> str:
        versions = {"version": self.found, "the log's": self.expected}
        told = ", ".join(f"{name} {version}" for name, version in versions.items() if version is not None)
        return f"{self.kind:9} {self.subject}" + (f" ({told})" if told else "")


@dataclass(frozen=True, slots=True)
class Report:
    """Whether what was compared is what the log holds at the same position."""

    name: str
    view: View
    position: Position
    subjects: int
    """How many subjects were compared."""
    digest: str
    """Made of their documents."""
    expected: str
    """The log's digest at the position."""
    told: str | None
    """The digest that what was compared tells of itself; none where it keeps none."""
    count: int = 0
    """How many subjects differ."""
    differences: Sequence[Difference] = ()
    """The first of them, by kind and id."""
    remarks: Sequence[str] = ()
    """What else is wrong, a sentence each."""

    @property
    def equal(self) -> bool:
        """Whether it is complete and correct."""
        return self.digest == self.expected and self.told in {None, self.expected} and not (self.count or self.remarks)

    def as_json(self) -> Json:
        """The report as `dwr verify --json` prints it."""
        return {
            "compared": self.name,
            "view": self.view.value,
            "generation": self.position.generation,
            "position": self.position.number,
            "equal": self.equal,
            "subjects": self.subjects,
            "digest": self.digest,
            "expected_digest": self.expected,
            "told_digest": self.told,
            "differing": self.count,
            "differences": [difference.as_json() for difference in self.differences],
            "remarks": list(self.remarks),
        }

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> list[str]:
        what = f"{self.name}, {self.view} view at {self.position}, {self.subjects} subjects"
        if self.equal:
            return [f"Equal: {what}, digest {self.digest}"]
        lines = [f"Differs: {what}; {self.count} differ from the log", *map(str, self.differences)]
        if self.count > len(self.differences):
            lines.append(f"and {self.count - len(self.differences)} more")
        if self.told not in {None, self.digest}:
            lines.append(f"It tells the digest {self.told}, and its documents have {self.digest}.")
        return [*lines, *self.remarks]
