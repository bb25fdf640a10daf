"""A PostgreSQL cluster on this machine, from the distribution's programs."""

import contextlib
import os
import pwd
import secrets
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from machine import Unavailable, call, free_port, install

LEAST_VERSION = 15
ROLE = "dwr"
ENCODING = ("--encoding=UTF8", "--locale=C")  # orders texts by their bytes, as SQLite does


class Cluster:
    """A cluster whose data outlives its server. `Unavailable` where none can be had."""

    def __init__(self, folder: Path, options: Sequence[str], port: int | None = None) -> None:
        """Make it in the folder; `options` are those of the server, whose port is a free one unless it is named."""
        self.port = port or free_port()
        self._programs = _provided()
        self._data, self._log, self._options = folder / "data", folder / "log", options
        self._password, account = secrets.token_hex(16), _account()
        _give_away(folder, account)
        self._as_account: dict[str, Any] = {**account, "cwd": folder}
        self._initialise(folder)

    @property
    def url(self) -> str:
        """Where its one database is."""
        return self.url_at(self.port)

    def url_at(self, port: int) -> str:
        """The same by another port, of something that stands before the server."""
        return f"postgresql://{ROLE}:{self._password}@127.0.0.1:{port}/postgres"

    def version(self) -> str:
        """The version of the programs."""
        return call([self._programs / "postgres", "--version"], **self._as_account).split()[2]

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Let the server run until the block ends."""
        self.start()
        try:
            yield
        finally:
            self.stop("immediate")

    def start(self) -> None:
        """Start the server and wait until it answers, with what it had before."""
        place = f"-c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories=''"
        self._control("start", "-l", self._log, "-o", " ".join([place, *self._options]))

    def stop(self, mode: str) -> None:
        """Stop the server: `fast` in order, `immediate` as if it had crashed."""
        self._control("stop", "-m", mode)

    @property
    def process(self) -> int:
        """The server's process, whose children serve the connections."""
        return int((self._data / "postmaster.pid").read_text().split("\n", 1)[0])

    def _control(self, *words: str | Path) -> None:
        call([self._programs / "pg_ctl", "-D", self._data, "-w", *words], **self._as_account)

    def _initialise(self, folder: Path) -> None:
        secret = folder / "password"  # initdb takes it from a file only; nobody else may enter the folder
        secret.write_text(self._password)
        words: list[str | Path] = ["-D", self._data, "-U", ROLE, "--auth=scram-sha-256", f"--pwfile={secret}"]
        call([self._programs / "initdb", *words, *ENCODING, "--no-sync"], **self._as_account)


def _provided() -> Path:
    if not _programs():
        _install()
    found = _programs()
    if not found:
        raise Unavailable(f"the distribution has no PostgreSQL {LEAST_VERSION} or newer")
    return found


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


def _give_away(folder: Path, account: dict[str, Any]) -> None:
    if account:
        os.chown(folder, account["user"], account["group"])
