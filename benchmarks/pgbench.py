"""The best rate that pgbench reaches with the same update and insert, each in a transaction of its own.

pgbench is a part of PostgreSQL, written in C, with prepared statements: what a program of any language gets that
commits each change for itself. Each client changes rows of its own, so none waits for another's lock.
"""

import glob
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from sqlalchemy import Engine, make_url, text

CLIENTS = (1, 4, 8, 16, 32)
_SUBJECTS = 10_000
_SCRIPT = """\\set subject random(1, <subjects>)
BEGIN;
UPDATE pgbench_subject SET version = version + 1, document = '<document>' WHERE id = :subject;
INSERT INTO pgbench_entry (subject, document) VALUES (:subject, '<document>');
COMMIT;
""".replace("<document>", "x" * 900).replace("<subjects>", str(_SUBJECTS))
_RATE = re.compile(r"tps = ([0-9.]+) \(without initial connection time\)")


def best_rate(engine: Engine, url: str, seconds: float) -> tuple[float, int] | None:
    """Transactions a second and with how many clients; None where pgbench is not installed."""
    program = _program()
    if program is None:
        return None
    _make_tables(engine)
    return max((_rate(program, url, clients, seconds), clients) for clients in CLIENTS)


def _program() -> str | None:
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/pgbench"))  # noqa: PTH207 - where Debian puts it, beside PATH
    return shutil.which("pgbench") or (found[-1] if found else None)


def _make_tables(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE pgbench_subject (id int PRIMARY KEY, version int, document text)"))
        connection.execute(text("CREATE TABLE pgbench_entry (id bigserial PRIMARY KEY, subject int, document text)"))
        rows = text("INSERT INTO pgbench_subject SELECT n, 1, 'x' FROM generate_series(1, :subjects) n")
        connection.execute(rows, {"subjects": _SUBJECTS})


def _rate(program: str, url: str, clients: int, seconds: float) -> float:
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "change.sql"
        script.write_text(_SCRIPT)
        options = ["-n", "-M", "prepared", "-c", clients, "-j", min(2, clients), "-T", max(1, round(seconds))]
        done = subprocess.run(
            [program, *map(str, options), "-f", str(script), address], capture_output=True, text=True, check=True
        )
    found = _RATE.search(done.stdout)
    if found is None:
        raise RuntimeError(done.stdout)
    return float(found[1])
