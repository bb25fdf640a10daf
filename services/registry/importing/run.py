"""The import itself: rows become commands, in batches; what one row does wrong does not stop the others.

In a first pass each row is registered, with the links to rows that are in already; in a second one the other links are
added. A dry run does the same in one transaction and takes it back, positions included: so its report is exact, and the
registry takes no other change as long as it runs.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from services.events.contracts.vocabulary import Actor, Origin
from services.registry.importing.lines import read_lines
from services.registry.importing.linking import Linked, add_links
from services.registry.importing.registering import register_row
from services.registry.importing.report import Outcome, Report, RowReport
from services.registry.importing.rows import BadRow, Row, read_row
from services.registry.recording import new_id
from services.registry.unit import Author, Unit
from services.settings import Settings

BATCH = 200
"""Rows a command of the writer: other callers wait no longer than these take, a second at most."""
Progress = Callable[[int], None]
"""Called with how many rows have been read."""


class Commits(Protocol):
    """Runs a piece of work in one transaction: `services.registry.writer.Writer` does."""

    def run_blocking(self, work: Callable[[Unit], Any], author: Author = ...) -> Any:
        """The work's result, once it is committed; raises what the work raised, and nothing is kept then."""


def import_organisations(  # noqa: PLR0913 - all but three have a default
    path: Path,
    writer: Commits,
    settings: Settings,
    *,
    apply: bool = False,
    source: str | None = None,
    origin: Origin = Origin.PARTNER_LIST,
    progress: Progress = lambda _rows: None,
) -> Report:
    """Import the organisations of a file, one JSON object a line; without `apply` only say what would become of each.

    `source` names the list: rows with the same source and ref are the same organisation in every run; it is the file's
    name without ending unless given. Raises NotFound when the file cannot be read, and Unavailable when the registry
    stops: batches before that are kept, and a second run goes on where the first one stopped.
    """
    report = Report(path.name, source or path.stem, apply, new_id("import") if apply else None)
    author = Author(Actor.OPERATOR, origin, correlation_id=report.run)
    rows = (read_row(line, report.source) for line in read_lines(path, settings.max_body_bytes))
    if apply:
        _apply(rows, report, lambda work: writer.run_blocking(work, author), progress)
    else:
        _try(rows, report, lambda work: writer.run_blocking(work, author), progress)
    return report


@dataclass(slots=True)
class _Pass:
    """What a batch of the first pass led to."""

    reports: list[RowReport] = field(default_factory=list)
    linked: list[Linked] = field(default_factory=list)


def _apply(rows: Iterator[Row | BadRow], report: Report, run: Callable[[Any], Any], progress: Progress) -> None:
    ids: dict[str, str] = {}
    waiting: list[Linked] = []
    while batch := list(islice(rows, BATCH)):
        done: _Pass = run(_first_pass(batch, dict(ids)))
        _note(done, report, ids, waiting)
        progress(len(report.rows))
    _close(report, waiting, ids, run)


def _close(report: Report, waiting: list[Linked], ids: dict[str, str], run: Callable[[Any], Any]) -> None:
    by_number = {row.number: row for row in report.rows}
    remaining = iter(waiting)
    while batch := list(islice(remaining, BATCH)):
        for result in run(_second_pass(batch, ids)):
            row = by_number[result.number]
            row.links += result.links
            row.errors += result.errors


def _try(rows: Iterator[Row | BadRow], report: Report, run: Callable[[Any], Any], progress: Progress) -> None:
    """The same in one transaction that is taken back."""

    def work(unit: Unit) -> None:
        report.rows.clear()
        _apply(iter(everything), report, lambda part: part(unit), progress)
        raise _TakeBackError

    everything = list(rows)
    try:
        run(work)
    except _TakeBackError:
        return


class _TakeBackError(Exception):
    """Ends a dry run: the writer keeps nothing of it."""


def _note(done: _Pass, report: Report, ids: dict[str, str], waiting: list[Linked]) -> None:
    report.rows += done.reports
    waiting += done.linked
    for row in done.reports:
        _learn(row, ids)


def _learn(row: RowReport, ids: dict[str, str]) -> None:
    """Where links to the row lead, when its organisation is in the registry."""
    if row.ref and row.id and row.outcome is not Outcome.INVALID:
        ids.setdefault(row.ref, row.id)


def _first_pass(batch: Iterable[Row | BadRow], known: dict[str, str]) -> Callable[[Unit], _Pass]:
    """Register the rows of a batch. It may run twice, when the transaction that it shared was aborted."""

    def work(unit: Unit) -> _Pass:
        done, ids = _Pass(), dict(known)
        for row in batch:
            report = _registered(unit, row, ids)
            _learn(report, ids)
            done.reports.append(report)
            if isinstance(row, Row) and row.links and report.id and report.outcome is not Outcome.DUPLICATE:
                done.linked.append(Linked(row, report.id, report.outcome))
        return done

    return work


def _registered(unit: Unit, row: Row | BadRow, ids: dict[str, str]) -> RowReport:
    if isinstance(row, BadRow):
        return RowReport(row.number, Outcome.INVALID, row.ref, errors=list(row.errors))
    return register_row(unit, row, ids)


def _second_pass(batch: Iterable[Linked], ids: dict[str, str]) -> Callable[[Unit], list[Any]]:
    return lambda unit: [add_links(unit, linked, ids) for linked in batch]
