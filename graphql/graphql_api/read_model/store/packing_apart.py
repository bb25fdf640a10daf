"""Blobs packed by a process of their own, while this one makes the next ones.

    python -m graphql_api.read_model.store.packing_apart NUMBER

is that process: it has the file open under the number, reads batches of blobs, and ends when they end, with what it
knows of them. Whatever becomes of the one that sends them, it ends when nobody can send any more.
"""

import marshal
import os
import struct
import subprocess
import sys
from typing import IO, Any

from graphql_api.read_model.store.compression import Dictionaries
from graphql_api.read_model.store.packing import Packed, Packing

_BATCH = 200
"""Blobs sent at once, about 400 KB."""
_SIZE = struct.Struct("<I")
_BUFFER_BYTES = 1 << 20
_PIPE_BYTES = 1 << 20
"""So that the next batch can be sent before the last one is packed."""


class PackingApart:
    """Sends blobs to another process, which writes them from that place in the file on."""

    def __init__(self, file: IO[bytes], dictionaries: Dictionaries, begin: int) -> None:
        """Raises OSError where no process can be started."""
        file.flush()
        os.lseek(file.fileno(), begin, os.SEEK_SET)  # it is the other's place too
        number = file.fileno()
        self._batch: list[tuple[int, bytes]] = []
        self._process = subprocess.Popen(  # noqa: S603 - ourselves
            [sys.executable, "-P", "-m", __name__, str(number)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pipesize=_PIPE_BYTES,
            pass_fds=(number,),
            start_new_session=True,  # Ctrl-C is for the one that sends
        )
        self._send([begin, *dictionaries.contents])

    def add(self, ordinal: int, blob: bytes) -> None:
        """Take a blob, compressed or not. Raises OSError when the process has ended."""
        self._batch.append((ordinal, blob))
        if len(self._batch) >= _BATCH:
            self._send_batch()

    def finish(self) -> Packed:
        """Wait until all are written; what there is in the file. Raises OSError when the process has failed."""
        self._send_batch()
        self._send([])
        output, _ = self._process.communicate()
        if self._process.returncode:
            raise OSError(f"the process that packs records failed with {self._process.returncode}")
        return Packed._make(marshal.loads(output))  # noqa: S302 - from ourselves

    def abandon(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()

    def _send_batch(self) -> None:
        if self._batch:
            batch, self._batch = self._batch, []
            self._send(batch)

    def _send(self, message: list[Any]) -> None:
        assert self._process.stdin  # noqa: S101 - it was asked for
        content = marshal.dumps(message)
        self._process.stdin.write(_SIZE.pack(len(content)) + content)


def _receive(source: IO[bytes]) -> list[Any]:
    """The next message. Ends the process where there is none: whoever sent has gone."""
    size = source.read(_SIZE.size)
    content = source.read(*_SIZE.unpack(size)) if size else b""
    if not content:
        sys.exit(1)
    return marshal.loads(content)  # type: ignore[no-any-return]  # noqa: S302 - from ourselves


def main() -> None:
    """Pack what comes."""
    source = sys.stdin.buffer
    with os.fdopen(int(sys.argv[1]), "wb", _BUFFER_BYTES) as file:
        begin, *dictionaries = _receive(source)
        packing = Packing(file, Dictionaries(dictionaries), begin)
        while batch := _receive(source):
            for ordinal, blob in batch:
                packing.add(ordinal, blob)
        packed = packing.finish()
    sys.stdout.buffer.write(marshal.dumps(tuple(packed)))


if __name__ == "__main__":
    main()
