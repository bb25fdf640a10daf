"""Keeping a snapshot in another process: reading a million lines would make a registry that answers meanwhile slow.

The process is told on its standard input what to do, so that no password is among its arguments. It says on its
standard output which position the snapshot has that it made, if any, and on its standard error why it could not.
"""

import subprocess
import sys
from dataclasses import dataclass, field

from pydantic import BaseModel

from services.database import closing_engine, open_engine
from services.events.contracts.position import Position
from services.events.snapshots.keeping import Policy, keep_snapshot_if_due
from services.problems import Conflict

_BUSY = 3
"""Exit status where another process does the same just now."""
_LAST_WORDS = 500
"""Characters of an error that are worth a line of the log: the last ones have the cause."""


class KeepingFailed(Exception):  # noqa: N818 - an ordinary thing to happen
    """The process could not keep a snapshot; the text has the cause."""


class _Task(BaseModel):
    database_url: str
    policy: Policy


@dataclass(slots=True)
class ProcessApart:
    """A process that keeps a snapshot if it is time."""

    database_url: str
    policy: Policy
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _ended: bool = field(default=False, init=False)

    def run(self) -> Position | None:
        """Wait until it has done so; gives the position of what it made. Raises KeepingFailed and OSError."""
        task = _Task(database_url=self.database_url, policy=self.policy).model_dump_json().encode()
        self._process = subprocess.Popen(  # noqa: S603 - ourselves
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        if self._ended:  # while it was started
            self._process.kill()
        told, cause = self._process.communicate(task)
        if self._process.returncode not in {0, _BUSY}:
            raise KeepingFailed(cause.decode(errors="replace").strip()[-_LAST_WORDS:] or "the process was ended")
        return Position.parse(told.decode()) if told else None

    def end(self) -> None:
        """End it, and every later one; what it has written is taken away by the next one."""
        self._ended = True
        if self._process is not None:
            self._process.kill()


def main() -> int:
    """Do the task."""
    task = _Task.model_validate_json(sys.stdin.buffer.read())
    engine = open_engine(task.database_url)
    with closing_engine(engine):
        try:
            made = keep_snapshot_if_due(task.policy, engine)
        except Conflict:
            return _BUSY
        except OSError as error:
            sys.stderr.write(f"{error.filename or task.policy.folder}: {error.strerror or error}")
            return 1
    sys.stdout.write("" if made is None else str(made.at))
    return 0


if __name__ == "__main__":
    sys.exit(main())
