"""The comparison: digests first, and subject by subject only where they differ."""

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, replace
from typing import Protocol

from services.events.contracts.entries import Subject
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import View
from services.events.log.digest import RunningDigest
from services.events.verifying.holding import Digest, Held, Holding
from services.events.verifying.report import Difference, Kind, Report

MOST_NAMED = 20
"""Subjects that a report names unless asked for more."""

_DIFFERENT = """
SELECT log.kind, log.id, found.hash IS NULL, 0, found.version, log.version
FROM log LEFT JOIN found ON found.kind = log.kind AND found.id = log.id
WHERE found.hash IS NULL OR found.hash <> log.hash
UNION ALL
SELECT found.kind, found.id, 0, 1, found.version, NULL
FROM found LEFT JOIN log ON log.kind = found.kind AND log.id = found.id
WHERE log.hash IS NULL
"""


class LogState(Protocol):
    """The log's side of a comparison, in one view: its tables, or the registry over HTTP.

    Both raise PositionAhead, PositionBeyondFork, PositionExpired or PositionTooFarBack where the log cannot tell the
    state at the position.
    """

    view: View

    def digest(self, *, at: Position) -> Digest:
        """The digest at the position."""
        ...

    def hashes(self, *, at: Position) -> AbstractContextManager[Holding]:
        """Every subject that the view had at the position."""
        ...


def compare(holding: Holding, log: LogState, *, most: int = MOST_NAMED) -> Report:
    """Compare a holding with the log at the holding's position, and name the first `most` subjects that differ.

    The subjects are kept in a temporary file and not in memory. Raises what `log` does, and ValueError when that is of
    another view.
    """
    if holding.view is not log.view:
        raise ValueError(f"{holding.name} holds the view {holding.view}, and the log is asked for {log.view}")
    expected = log.digest(at=holding.position).digest
    with closing(_Scratch()) as scratch:
        found = scratch.keep("found", holding.subjects)
        report = Report(
            holding.name,
            holding.view,
            holding.position,
            subjects=found.count,
            digest=found.digest,
            expected=expected,
            told=holding.digest,
            remarks=[f"{subject} comes more than once." for subject in found.repeated],
        )
        return report if found.digest == expected else _with_differences(report, log, scratch, most)


def _with_differences(report: Report, log: LogState, scratch: "_Scratch", most: int) -> Report:
    with log.hashes(at=report.position) as state:
        kept = scratch.keep("log", state.subjects)
    remarks = list(report.remarks)
    if kept.digest != report.expected:
        remarks.append(f"The log's own hashes have the digest {kept.digest}, not the log's: dwr verify log says more.")
    count, named = scratch.differences(most)
    return replace(report, count=count, differences=named, remarks=remarks)


@dataclass(frozen=True, slots=True)
class _Kept:
    count: int
    digest: str
    repeated: Sequence[Subject]
    """The first subjects that came twice."""


class _Scratch:
    """Two sets of subjects in a temporary file of SQLite's."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect("", isolation_level=None)
        self._connection.execute("BEGIN")
        for table in ("found", "log"):
            columns = "kind, id, hash, version, PRIMARY KEY (kind, id)"
            self._connection.execute(f"CREATE TABLE {table} ({columns}) WITHOUT ROWID")

    def close(self) -> None:
        """Remove the file."""
        self._connection.close()

    def keep(self, table: str, subjects: Iterable[Held]) -> _Kept:
        """Keep the subjects in a table."""
        insert = f"INSERT OR IGNORE INTO {table} VALUES (?, ?, ?, ?)"  # noqa: S608 - a name of ours
        digest, count, repeated = RunningDigest(), 0, list[Subject]()
        for count, held in enumerate(subjects, 1):  # noqa: B007 - the count is told
            digest.replace(None, bytes.fromhex(held.hash))
            row = (held.subject.kind, held.subject.id, held.hash, held.version)
            if not self._connection.execute(insert, row).rowcount and len(repeated) < MOST_NAMED:
                repeated.append(held.subject)
        return _Kept(count, str(digest), repeated)

    def differences(self, most: int) -> tuple[int, list[Difference]]:
        """How many subjects differ, and the first of them."""
        (count,) = self._connection.execute(f"SELECT count(*) FROM ({_DIFFERENT})").fetchone()  # noqa: S608
        rows = self._connection.execute(f"{_DIFFERENT} ORDER BY 1, 2 LIMIT ?", (most,))
        return count, [_difference(*row) for row in rows]


def _difference(  # noqa: PLR0913, PLR0917 - the columns of a row
    kind: str, identifier: str, missing: int, extra: int, found: int | None, expected: int | None
) -> Difference:
    how = Kind.MISSING if missing else Kind.EXTRA if extra else Kind.DIFFERENT
    return Difference(Subject(kind, identifier), how, found, expected)
