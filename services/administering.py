"""What is done to a registry by commands: migrations, the demo, an import, stale profiles."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from services.database import closing_engine, migrate, open_engine, require_schema
from services.events import retention
from services.events.log.completing import complete_digests
from services.events.log.signal import LogSignal
from services.events.snapshots import keeping
from services.problems import Conflict
from services.registry.demo.ecosystem import DEFAULT_SEED
from services.registry.demo.load import RegistryNotEmpty, load_demo
from services.registry.importing.report import Report
from services.registry.importing.run import import_organisations
from services.registry.staleness import mark_stale_profiles
from services.registry.writer import Writer
from services.settings import Settings
from services.telemetry.logs import configure_logging


def prepare(settings: Settings, *, demo: bool) -> None:
    """Migrate; fill an empty registry with the demo if asked to."""
    migrate_all(settings)
    if demo:
        _load_demo_if_empty(settings)


def migrate_all(settings: Settings) -> None:
    """Bring the registry's and the notifier's database to the newest schema."""
    for url in dict.fromkeys((settings.effective_database_url, settings.effective_notifier_database_url)):
        migrate(url)
    engine = open_engine(settings.effective_database_url)
    with closing_engine(engine):
        complete_digests(engine)


def load_demo_with_progress(settings: Settings, organisations: int | None, seed: int) -> None:
    """Load the demo behind a progress bar. Raises RegistryNotEmpty where there is something else already."""
    require_schema(settings.effective_database_url)
    engine = open_engine(settings.effective_database_url)
    columns = TextColumn("Loading the demo ecosystem"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    try:
        with Progress(*columns, console=_console()) as bar:
            task = bar.add_task("")
            load_demo(engine, organisations, seed, lambda done, total: bar.update(task, completed=done, total=total))
    except KeyboardInterrupt:
        raise Conflict(
            "Interrupted: the registry has a part of the demo, and keeps it. The same command goes on with it; to "
            "begin again, name an empty DWR_DATA_DIR or DWR_DATABASE_URL."
        ) from None
    finally:
        engine.dispose()


def _load_demo_if_empty(settings: Settings) -> None:
    try:
        load_demo_with_progress(settings, None, DEFAULT_SEED)
    except RegistryNotEmpty as problem:
        _console().print(f"The demo is left out. {problem.detail}", markup=False)


def mark_stale(settings: Settings) -> int:
    """Mark the profiles that nobody validated for too long; gives back how many."""
    configure_logging(settings)
    with _writing(settings) as writer:
        return mark_stale_profiles(writer, settings.stale_after_months)


def keep_snapshot(settings: Settings) -> str:
    """Keep a snapshot of now; gives back a sentence on it. Raises Conflict while another process does, and OSError."""
    configure_logging(settings)
    require_schema(settings.effective_database_url)
    policy = keeping.Policy.of(settings)
    engine = open_engine(settings.effective_database_url)
    with closing_engine(engine):
        kept = keeping.keep_snapshot(policy, engine)
    size = sum(file.bytes for file in kept.files())
    return f"The snapshot of position {kept.at} is kept in {policy.folder / str(kept.at)}, {size:,} bytes."


def cut_log(settings: Settings) -> str:
    """Take old entries out of the log; gives back a sentence on it. Raises Conflict while a snapshot is made."""
    configure_logging(settings)
    require_schema(settings.effective_database_url)
    shelf = keeping.Policy.of(settings).shelf
    engine = open_engine(settings.effective_database_url)
    with closing_engine(engine), shelf.alone():
        cut = retention.cut_log(engine, shelf, settings.log_kept_days)
    return f"{cut.removed:,} entries went; from {cut.first} on every one is kept because of {cut.held_by}."


def import_file(settings: Settings, file: Path, *, source: str | None, apply: bool, as_json: bool) -> int:
    """Import organisations from JSON Lines, print what became of each row, and give back the exit status."""
    configure_logging(settings)
    require_schema(settings.effective_database_url)
    engine = open_engine(settings.effective_database_url)
    writer = Writer(settings, engine, LogSignal())
    writer.start()
    try:
        with Progress(TextColumn("Rows read"), TextColumn("{task.completed}"), console=_console()) as bar:
            task = bar.add_task("", total=None)
            report = import_organisations(
                file,
                writer,
                settings,
                apply=apply,
                source=source,
                progress=lambda rows: bar.update(task, completed=rows),
            )
    finally:
        writer.stop()
        engine.dispose()
    typer.echo(orjson.dumps(report.as_json(), option=orjson.OPT_INDENT_2) if as_json else _as_text(report))
    return report.exit_status


@contextmanager
def _writing(settings: Settings) -> Iterator[Writer]:
    """A writer for a command that changes the registry and ends; a registry that runs meanwhile takes turns with it."""
    require_schema(settings.effective_database_url)
    engine = open_engine(settings.effective_database_url)
    writer = Writer(settings, engine, LogSignal())
    writer.start()
    try:
        yield writer
    finally:
        writer.stop()
        engine.dispose()


def _as_text(report: Report) -> str:
    return "\n".join([*(line for row in report.rows for line in row.as_text()), report.summary()])


def _console() -> Console:
    return Console(stderr=True, highlight=False, soft_wrap=True)
