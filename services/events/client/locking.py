"""Who keeps a mirror's file: one Mirror at most, in whichever process."""

import sqlite3
from pathlib import Path

from services.events.client.problems import MirrorInUse, MirrorUnusable


class Lock:
    """Held from its making until `release`, or until the process ends, however it ends.

    It is SQLite's own lock on an empty file beside the mirror: the same on every system, within a process and between
    processes, and no reader of the mirror waits for it.
    """

    def __init__(self, file: Path) -> None:
        """Raises MirrorInUse when somebody else holds it."""
        beside = file.with_name(f"{file.name}.lock")
        try:
            self._connection = sqlite3.connect(beside, timeout=0, isolation_level=None, check_same_thread=False)
        except sqlite3.OperationalError as error:
            raise MirrorUnusable(file, str(error)) from error
        try:
            self._connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            self._connection.close()
            in_use = error.sqlite_errorcode == sqlite3.SQLITE_BUSY
            raise (MirrorInUse(file) if in_use else MirrorUnusable(file, str(error))) from error

    def release(self) -> None:
        """Let another one keep the file."""
        self._connection.close()
