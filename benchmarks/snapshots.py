"""How long a snapshot takes, as a ratio to the plainest way to get the documents out of the database in the same run.

    python -m benchmarks.snapshots                                          # a SQLite file
    python -m benchmarks.snapshots --database-url postgresql://…            # PostgreSQL, in a database of its own
    python -m benchmarks.snapshots --organisations 1000000 --rounds 3 --database-url postgresql://…

"documents" is `COPY (SELECT document FROM log_entry) TO STDOUT` by psql into a file (by psycopg where there is no
psql), on SQLite a SELECT whose rows are written to a file: no join, no line around the documents, no checksum, no
waiting for the disk, all of which a snapshot has. "both views" is all that is kept by default: 4 files.
"""

import argparse
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import psycopg
from sqlalchemy import Engine, update

from benchmarks.organisations import organisations
from services.database import migrate, open_engine, reading
from services.events.contracts.catalogue import Event
from services.events.contracts.vocabulary import Actor, Origin, View
from services.events.log.append import LogWriter
from services.events.log.drafts import NOTHING, Draft, State
from services.events.log.reading import read_head
from services.events.log.tables import log_entry, log_head, log_subject
from services.events.snapshots.formats import Format
from services.events.snapshots.making import make_snapshot
from services.events.snapshots.shelf import Shelf
from services.events.snapshots.texts import snapshot_lines
from services.events.snapshots.writing import write_text
from services.settings import Settings

_AT_ONCE = 2_000
_DIFFERENT = 100_000
"""Organisations with documents of their own."""
_DOCUMENTS = "SELECT document FROM log_entry"
Way = Callable[[Path], None]
"""Writes files to an empty folder."""


def main() -> None:
    """Measure and print."""
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as folder, _log(arguments, Path(folder)) as engine:
        ways = _ways(engine)
        measured = _measure(ways, Path(folder), arguments.rounds)
    print(f"{engine.dialect.name}, {arguments.organisations:,} organisations, the best of {arguments.rounds} rounds")
    print(f"{'what':<26}{'seconds':>9}{'text MB/s':>11}{'files MB':>10}{'ratio':>7}")
    base, text = measured["documents"][0], measured["plain"][1]
    for name, (seconds, size) in measured.items():
        told = {"documents": size, "both views": 2 * text}.get(name, text)
        print(f"{name:<26}{seconds:>9.2f}{told / seconds / 1e6:>11,.0f}{size / 1e6:>10,.0f}{seconds / base:>7.2f}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database-url", default="", help="an empty database; none means a SQLite file")
    parser.add_argument("--organisations", type=int, default=100_000, help="how many there are")
    parser.add_argument("--rounds", type=int, default=5, help="how often each way is taken")
    return parser.parse_args()


@contextmanager
def _log(arguments: argparse.Namespace, folder: Path) -> Iterator[Engine]:
    """A log with an entry for each organisation, as vacuumed as a database is that runs for a while."""
    settings = Settings(data_dir=folder, database_url=arguments.database_url)
    migrate(settings.effective_database_url)
    engine = open_engine(settings.effective_database_url)
    began = time.perf_counter()
    _fill(engine, min(arguments.organisations, _DIFFERENT))
    _multiply(engine, arguments.organisations)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE" if engine.dialect.name == "sqlite" else "VACUUM ANALYZE")
    print(f"filled in {time.perf_counter() - began:.0f} s", flush=True)
    yield engine
    engine.dispose()


def _fill(engine: Engine, count: int) -> None:
    shown = organisations(count)
    while batch := list(islice(shown, _AT_ONCE)):
        with engine.begin() as connection:
            writer = LogWriter(connection)
            for one in batch:
                after = State(one.document, one.restricted)
                draft = Draft(Event.PUBLISHED, one.subject, NOTHING, after, Origin.DEMO, Actor.SYSTEM)
                writer.append(draft, is_new=True)
            writer.flush()


def _multiply(engine: Engine, count: int) -> None:
    """The same documents again under other ids, as often as it takes: making each one of a million takes long."""
    number = "(position + {added})"
    entry = {
        "position": number,
        "event_id": f"'00000000-0000-0000-0000-' || {number}",
        "subject_id": f"'org-' || {number}",
    }
    subject = {"position": number, "id": f"'org-' || {number}"}
    with engine.begin() as connection:
        there = read_head(connection).position.number
        for times in range(1, count // _DIFFERENT):
            for table, others in ((log_entry, entry), (log_subject, subject)):
                names = [column.name for column in table.columns]
                values = ", ".join(others.get(name, name) for name in names).format(added=times * there)
                copied = f"SELECT {values} FROM {table.name} WHERE position <= {there}"  # noqa: S608 - names of ours
                connection.exec_driver_sql(f"INSERT INTO {table.name} ({', '.join(names)}) {copied}")
        connection.execute(update(log_head).values(position=there * max(1, count // _DIFFERENT)))


def _ways(engine: Engine) -> dict[str, Way]:
    return {
        "documents": lambda folder: _documents(engine, folder / "documents"),
        "plain": lambda folder: _one_view(engine, folder, Format.PLAIN),
        "zstd": lambda folder: _one_view(engine, folder, Format.ZSTD),
        "gzip": lambda folder: _one_view(engine, folder, Format.GZIP),
        "zstd and gzip at once": lambda folder: _one_view(engine, folder, Format.ZSTD, Format.GZIP),
        "both views": lambda folder: _all(engine, folder),
    }


def _measure(ways: dict[str, Way], folder: Path, rounds: int) -> dict[str, tuple[float, int]]:
    """The fewest seconds of each way, which other work on the machine disturbed least, and the bytes of its files."""
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    sizes: dict[str, int] = {}
    for _ in range(rounds):
        for name, way in ways.items():
            with tempfile.TemporaryDirectory(dir=folder) as files:
                began = time.perf_counter()
                way(Path(files))
                seconds[name].append(time.perf_counter() - began)
                sizes[name] = sum(file.stat().st_size for file in Path(files).rglob("*") if file.is_file())
    return {name: (min(seconds[name]), sizes[name]) for name in ways}


def _documents(engine: Engine, file: Path) -> None:
    if engine.dialect.name == "sqlite":
        _select(engine, file)
        return
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    statement = f"COPY ({_DOCUMENTS}) TO STDOUT"
    with file.open("wb") as output:
        if psql := shutil.which("psql"):
            subprocess.run([psql, url, "--quiet", "--command", statement], stdout=output, check=True)
            return
        with psycopg.connect(url) as connection, connection.cursor().copy(statement) as rows:
            output.writelines(map(bytes, rows))


def _select(engine: Engine, file: Path) -> None:
    with reading(engine) as connection, file.open("w") as output:
        for (document,) in connection.connection.cursor().execute(_DOCUMENTS):
            output.write(document + "\n")


def _one_view(engine: Engine, folder: Path, *formats: Format) -> None:
    with reading(engine) as connection:
        lines = snapshot_lines(connection, read_head(connection), View.PUBLIC)
        write_text(folder, View.PUBLIC.value, lines, formats)


def _all(engine: Engine, folder: Path) -> None:
    shelf = Shelf(folder)
    with shelf.alone():
        make_snapshot(engine, shelf, (Format.GZIP, Format.ZSTD))


if __name__ == "__main__":
    main()
