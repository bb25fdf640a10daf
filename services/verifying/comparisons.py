"""What the commands of `dwr verify` do: compare with the log at the same position, print, and give the exit status."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import orjson
import typer
from sqlalchemy import Engine

from services.database import closing_engine, open_engine, require_schema
from services.events.client import ClientError, MirrorFile, Registry, SourceUnavailable
from services.events.client.answers import hashes_of
from services.events.client.connection import Connection
from services.events.contracts.vocabulary import View
from services.events.verifying.comparing import LogState, compare
from services.events.verifying.holding import Holding
from services.events.verifying.log_state import LogTables
from services.events.verifying.log_tables import entry_documents, missing_positions, stored_hashes
from services.events.verifying.report import Report
from services.events.verifying.snapshot_file import snapshot_file
from services.problems import Unavailable
from services.registry.verifying import registry_organisations
from services.settings import Settings
from services.telemetry.logs import configure_logging
from services.verifying.textfile import write_metrics

EQUAL, DIFFERS = 0, 1
_HASHES = "/graphql/hashes"

Opened = AbstractContextManager[Holding]


@dataclass(frozen=True, slots=True)
class Asked:
    """How a comparison is to be made and told."""

    settings: Settings
    registry_url: str | None
    """Where the log is asked over HTTP; none for the database of the settings."""
    most: int
    """Subjects that are named."""
    as_json: bool
    metrics: Path | None = None
    """File that the results are written to as metrics."""


def verify_mirror(asked: Asked, file: Path) -> int:
    """Compare a mirror's file with the log; gives the exit status."""
    return _tell(asked, lambda: _compare(asked, MirrorFile(file).held()))


def verify_snapshot(asked: Asked, file: Path) -> int:
    """Compare a snapshot in a file with the log; gives the exit status."""
    return _tell(asked, lambda: _compare(asked, snapshot_file(file)))


def verify_log(asked: Asked) -> int:
    """Compare what the log's tables and the registry's own keep, in every view; gives the exit status."""
    return _tell(asked, lambda: _log_reports(asked))


def verify_read_model(asked: Asked, url: str | None) -> int:
    """Compare the read model of a running process with the log; gives the exit status."""
    return _tell(asked, lambda: _compare(asked, _read_model(asked.settings, url)))


@contextmanager
def _read_model(settings: Settings, url: str | None) -> Iterator[Holding]:
    address = url or settings.effective_public_url
    with Connection(address, settings.reader_token).open() as session, session.stream(_HASHES, {}) as pieces:
        yield hashes_of(pieces, f"the read model of {address}")


def verify_topics(asked: Asked) -> int:
    """Compare the Kafka topics with the log at the relay's mark; gives the exit status."""
    return _tell(asked, lambda: _topic_reports(asked))


def _topic_reports(asked: Asked) -> Iterator[Report]:
    # A process without brokers does not load their client.
    from services.events.verifying.changes_topic import compare_changes  # noqa: PLC0415
    from services.events.verifying.compacted_topic import compacted_topic  # noqa: PLC0415

    with _engine(asked.settings) as engine:
        yield from _compare(asked, compacted_topic(asked.settings, engine))
        for view in View:
            yield compare_changes(asked.settings, engine, view, most=asked.most)


def _log_reports(asked: Asked) -> Iterator[Report]:
    with _engine(asked.settings) as engine:
        for view in View:
            for held in (stored_hashes(engine, view), entry_documents(engine, view)):
                yield from _compare(asked, held)
            report = next(_compare(asked, registry_organisations(engine, view)))
            yield _with_gaps(report, missing_positions(engine))


def _with_gaps(report: Report, missing: int) -> Report:
    remarks = [f"{missing} positions of the log have no entry."] if missing else []
    return replace(report, remarks=[*report.remarks, *remarks])


def _compare(asked: Asked, held: Opened) -> Iterator[Report]:
    with held as holding, _log(asked, holding.view) as log:
        yield compare(holding, log, most=asked.most)


def _tell(asked: Asked, reports: Callable[[], Iterable[Report]]) -> int:
    """Print each report as it comes; the exit status. Raises Unavailable where nothing could be compared."""
    configure_logging(asked.settings)
    told = []
    try:
        for report in reports():
            typer.echo(orjson.dumps(report.as_json()) if asked.as_json else str(report))
            told.append(report)
    except (ClientError, SourceUnavailable, ValueError, sqlite3.Error) as error:
        raise Unavailable(f"This cannot be compared with the log: {error}") from error
    if asked.metrics is not None:
        write_metrics(asked.metrics, told)
    return EQUAL if all(report.equal for report in told) else DIFFERS


@contextmanager
def _log(asked: Asked, view: View) -> Iterator[LogState]:
    """The log's side: the registry over HTTP, or its database."""
    if asked.registry_url:
        yield Registry(asked.registry_url, asked.settings.reader_token if view is View.INTERNAL else "", view)
        return
    with _engine(asked.settings) as engine:
        yield LogTables(engine, view)


@contextmanager
def _engine(settings: Settings) -> Iterator[Engine]:
    require_schema(settings.effective_database_url)
    engine = open_engine(settings.effective_database_url)
    with closing_engine(engine):
        yield engine
