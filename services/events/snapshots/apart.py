"""Keeping a snapshot in another process: reading a million lines would make a registry that answers meanwhile slow.

The process is told the settings on its standard input, so that no password is among its arguments. It says on its
standard output what became of it; its log goes where that of this process goes.
"""

import subprocess
import sys
from dataclasses import dataclass, field

from pydantic import BaseModel, ValidationError

from services.database import closing_engine, open_engine
from services.events.contracts.position import Position
from services.events.snapshots.keeping import Policy, keep_snapshot_if_due
from services.problems import Conflict
from services.settings import Settings
from services.telemetry.logs import configure_logging


class KeepingFailed(Exception):  # noqa: N818 - an ordinary thing to happen
    """The process could not keep a snapshot; the text has the cause."""


class _Outcome(BaseModel):
    position: str | None = None
    """Of the snapshot that was made, if any."""
    cause: str | None = None
    """Why it failed."""


@dataclass(slots=True)
class ProcessApart:
    """A process that keeps a snapshot if it is time."""

    settings: Settings
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _ended: bool = field(default=False, init=False)

    def run(self) -> Position | None:
        """Wait until it has done so; gives the position of what it made. Raises KeepingFailed and OSError."""
        self._process = subprocess.Popen(  # noqa: S603 - ourselves
            [sys.executable, "-P", "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for the one that asks for it
        )
        if self._ended:  # while it was started
            self._process.kill()
        told, _ = self._process.communicate(self.settings.model_dump_json().encode())
        return _position(told, self._process.returncode)

    def end(self) -> None:
        """End it, and every later one; what it has written is taken away by the next one."""
        self._ended = True
        if self._process is not None:
            self._process.kill()


def _position(told: bytes, status: int) -> Position | None:
    try:
        outcome = _Outcome.model_validate_json(told)
    except ValidationError:
        raise KeepingFailed(f"the process that makes it ended with status {status}") from None
    if outcome.cause is not None:
        raise KeepingFailed(outcome.cause)
    return None if outcome.position is None else Position.parse(outcome.position)


def main() -> None:
    """Do it."""
    settings = Settings.model_validate_json(sys.stdin.buffer.read())
    configure_logging(settings)
    sys.stdout.write(_keep(settings).model_dump_json())


def _keep(settings: Settings) -> _Outcome:
    policy = Policy.of(settings)
    engine = open_engine(settings.effective_database_url)
    with closing_engine(engine):
        try:
            made = keep_snapshot_if_due(policy, engine)
        except Conflict:
            return _Outcome()  # another process does it
        except OSError as error:
            return _Outcome(cause=f"{error.filename or policy.folder}: {error.strerror or error}")
    return _Outcome(position=None if made is None else str(made.at))


if __name__ == "__main__":
    main()
