"""What became of each row of an import."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from services.events.contracts.entries import Json
from services.problems import FieldError


class Outcome(StrEnum):
    """What became of a row; in a dry run, what would."""

    CREATED = "created"
    UNCHANGED = "unchanged"
    """It was imported before. What the registry has is left as it is."""
    DUPLICATE = "duplicate"
    """It is, or looks like, an organisation that the registry or an earlier row has: nothing was written."""
    INVALID = "invalid"


class ExitStatus(IntEnum):
    """How the command ends, for scripts."""

    EVERY_ROW_IS_IN = 0
    SOME_ROWS_ARE_NOT = 1
    """Duplicates, invalid rows, or links that lead to none; the others are in."""
    NOT_RUN = 2
    """The file cannot be read, or the command was not understood."""


@dataclass(slots=True)
class RowReport:
    """What became of one row."""

    number: int
    outcome: Outcome
    ref: str | None = None
    id: str | None = None
    """Id of the organisation: the row's own, or the one that it duplicates."""
    state: str | None = None
    errors: list[FieldError] = field(default_factory=list)
    """Why it is not in; for one that is in, links that could not be written."""
    missing: list[FieldError] = field(default_factory=list)
    """What it needs to be published, of a row that asked to be: it is public, and more information is asked for."""
    links: int = 0
    """Relations to other rows that were written."""

    @property
    def is_in(self) -> bool:
        """Whether everything of the row is in the registry."""
        return self.outcome in {Outcome.CREATED, Outcome.UNCHANGED} and not self.errors

    def as_json(self) -> Json:
        """The report as JSON; what is empty is left out."""
        document: Json = {"row": self.number, "outcome": self.outcome.value}
        document |= {name: value for name in ("ref", "id", "state", "links") if (value := getattr(self, name))}
        for name in ("errors", "missing"):
            if found := getattr(self, name):
                document[name] = [error.as_json() for error in found]
        return document

    def as_text(self) -> Iterator[str]:
        """The report for people: a line, and one more for each error."""
        name = f" {self.ref}" if self.ref else ""
        state = f" ({self.state})" if self.state else ""
        yield f"row {self.number}{name}: {self.outcome}{state} {self.id or ''}".rstrip()
        yield from (f"    {error.pointer or 'the row'}: {error.detail}" for error in (*self.errors, *self.missing))


@dataclass(slots=True)
class Report:
    """What became of a file."""

    file: str
    source: str
    applied: bool
    run: str | None = None
    """Id of the run, in every entry that it writes; none for a dry run."""
    rows: list[RowReport] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """How many rows there are of each outcome."""
        found = Counter(row.outcome for row in self.rows)
        return {outcome.value: found[outcome] for outcome in Outcome}

    @property
    def links(self) -> int:
        """Relations between rows that were written."""
        return sum(row.links for row in self.rows)

    @property
    def exit_status(self) -> ExitStatus:
        """How the command ends."""
        return ExitStatus.EVERY_ROW_IS_IN if all(row.is_in for row in self.rows) else ExitStatus.SOME_ROWS_ARE_NOT

    def as_json(self) -> Json:
        """The whole report."""
        return {
            "file": self.file,
            "source": self.source,
            "applied": self.applied,
            "run": self.run,
            "counts": {"rows": len(self.rows), **self.counts, "links": self.links},
            "rows": [row.as_json() for row in self.rows],
        }

    def summary(self) -> str:
        """One sentence for people."""
        told = ", ".join(f"{count} {outcome}" for outcome, count in self.counts.items())
        ending = "" if self.applied else " Dry run: nothing was written; add --apply."
        return f"{self.file}: {len(self.rows)} rows, {told}; {self.links} links between rows.{ending}"
