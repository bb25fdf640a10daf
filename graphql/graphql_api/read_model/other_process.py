"""A process of our own that works for this one: it is sent messages, and ends when nobody can send any more.

Messages are what `marshal` takes, in both directions; none of them is empty but the last one.
"""

import marshal
import struct
import subprocess
import sys
from typing import IO, Any

_SIZE = struct.Struct("<I")
_PIPE_BYTES = 1 << 20
"""So that the next message can be sent before the last one is done with."""


class OtherProcess:
    """Runs a module of ours."""

    def __init__(self, module: str, *arguments: str, files: tuple[int, ...] = ()) -> None:
        """The files stay open there under their numbers. Raises OSError where no process can be started."""
        self._process = subprocess.Popen(  # noqa: S603 - ourselves
            [sys.executable, "-P", "-m", module, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pipesize=_PIPE_BYTES,
            pass_fds=files,
            start_new_session=True,  # Ctrl-C is for the one that sends
        )

    def send(self, message: Any) -> None:
        """Send a message. Raises OSError when the process has ended."""
        assert self._process.stdin  # noqa: S101 - it was asked for
        send(self._process.stdin, message)

    def receive(self) -> Any:
        """Wait for a message; none when there is no other one. Another thread may do so than the one that sends."""
        assert self._process.stdout  # noqa: S101 - it was asked for
        return receive(self._process.stdout)

    def finish(self) -> None:
        """Wait until it has ended. Raises OSError when it has failed."""
        self._process.communicate()
        if self._process.returncode:
            raise OSError(f"a process that works for this one failed with {self._process.returncode}")

    def abandon(self) -> None:
        """End it."""
        self._process.kill()
        self._process.communicate()


def send(target: IO[bytes], message: Any) -> None:
    """Send a message."""
    content = marshal.dumps(message)
    target.write(_SIZE.pack(len(content)) + content)
    target.flush()


def receive(source: IO[bytes]) -> Any:
    """The next message; none where there is no other one: whoever sent them has gone."""
    size = source.read(_SIZE.size)
    content = source.read(*_SIZE.unpack(size)) if size else b""
    return marshal.loads(content) if content else None  # noqa: S302 - from ourselves
