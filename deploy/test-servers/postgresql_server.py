"""PostgreSQL for the tests: an empty cluster whose role may create databases."""

import contextlib
import os
import pwd
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from containers import container, succeeds
from machine import Environment, Unavailable, call, free_port, install, say, wait_until

VARIABLES = ("DWR_TEST_DATABASE_URL",)
REMEDY = """\
  - set DWR_TEST_DATABASE_URL to a server of version 15 or newer, with a role that may create databases; or
  - start a Docker engine; or
  - as root: apt-get install postgresql"""
IMAGE = "postgres:16"
LEAST_VERSION = 15
ROLE = "dwr"
ENCODING = ("--encoding=UTF8", "--locale=C")  # orders texts by their bytes, as SQLite does


def options() -> list[str]:
    """Server options: no disk is waited for, which only a power failure would show, unless DWR_TEST_DURABLE is set.

    DWR_TEST_POSTGRESQL_SETTINGS adds settings, `name=value` with spaces between: what a benchmark compares with.
    """
    fast = [] if os.environ.get("DWR_TEST_DURABLE") else ["fsync=off", "full_page_writes=off"]
    asked = os.environ.get("DWR_TEST_POSTGRESQL_SETTINGS", "").split()
    return [f"-c{setting}" for setting in ("max_connections=200", *fast, *asked)]


@contextlib.contextmanager
def in_container() -> Iterator[Environment]:
    """The official image."""
    port, password = free_port(), secrets.token_hex(16)
    variables = {
        "POSTGRES_USER": ROLE,
        "POSTGRES_PASSWORD": password,
        "POSTGRES_INITDB_ARGS": " ".join(ENCODING),
        "PGPORT": str(port),
    }
    command = ["postgres", *options()]
    with container(IMAGE, port, variables, *command) as identifier:
        # By TCP: while the image prepares its cluster, a first server answers on the Unix socket only.
        wait_until(lambda: succeeds(identifier, "pg_isready", "--host=127.0.0.1"), "PostgreSQL's container")
        say(f"PostgreSQL in a container ({IMAGE}) on 127.0.0.1:{port}")
        yield _environment(password, port)


@contextlib.contextmanager
def installed_here() -> Iterator[Environment]:
    """The distribution's programs, with a cluster in a temporary folder."""
    if not _programs():
        _install()
    programs = _programs()
    if not programs:
        raise Unavailable(f"the distribution has no PostgreSQL {LEAST_VERSION} or newer")
    port, password, account = free_port(), secrets.token_hex(16), _account()
    with tempfile.TemporaryDirectory(prefix="dwr-postgresql-") as folder:
        _give_away(folder, account)
        as_account: dict[str, Any] = {**account, "cwd": folder}
        data, log = Path(folder, "data"), Path(folder, "log")
        _initialise(programs, Path(folder), password, as_account)
        place = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories=''"
        control: list[str | Path] = [programs / "pg_ctl", "-D", data, "-l", log]
        call([*control, "start", "-w", "-o", " ".join([place, *options()])], **as_account)
        try:
            version = call([programs / "postgres", "--version"]).split()[2]
            say(f"PostgreSQL {version}, started here on 127.0.0.1:{port}")
            yield _environment(password, port)
        finally:
            call([*control, "stop", "-m", "immediate"], **as_account)


def _environment(password: str, port: int) -> Environment:
    return {VARIABLES[0]: f"postgresql://{ROLE}:{password}@127.0.0.1:{port}/postgres"}


def _programs() -> Path | None:
    """The folder of the newest server programs: Debian keeps one a version and puts none of them on PATH."""
    versions = [int(path.parts[-3]) for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if max(versions, default=0) >= LEAST_VERSION:
        return Path(f"/usr/lib/postgresql/{max(versions)}/bin")
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def _install() -> None:
    # Debian's package would also start a server of its own at once and at every boot; nobody asked for that one.
    install("postgresql-common")
    configuration = "/etc/postgresql-common/createcluster.conf"
    as_root = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    call([*as_root, "pg_conftool", configuration, "set", "create_main_cluster", "off"])
    try:
        install("postgresql")
    finally:
        call([*as_root, "pg_conftool", configuration, "remove", "create_main_cluster"])


def _account() -> dict[str, Any]:
    """Options for subprocess that give up root, as which PostgreSQL refuses to run."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    entry = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _give_away(folder: str, account: dict[str, Any]) -> None:
    if account:
        os.chown(folder, account["user"], account["group"])


def _initialise(programs: Path, folder: Path, password: str, options: dict[str, Any]) -> None:
    secret = folder / "password"  # initdb takes it from a file only; nobody else may enter the folder
    secret.write_text(password)
    words = ["-D", f"{folder}/data", "-U", ROLE, "--auth=scram-sha-256", f"--pwfile={secret}"]
    call([programs / "initdb", *words, *ENCODING, "--no-sync"], **options)
