"""Blobs packed by a process of their own, while this one makes the next ones.

    python -m graphql_api.read_model.store.packing_apart NUMBER

is that process: it has the file open under the number, reads batches of blobs, and ends when they end, with what it
knows of them. Whatever becomes of the one that sends them, it ends when nobody can send any more.
"""

import os
import sys
from typing import IO

from graphql_api.read_model.other_process import OtherProcess, receive, send
from graphql_api.read_model.store.compression import Dictionaries
from graphql_api.read_model.store.packing import Packed, Packing

_BATCH = 200
"""Blobs sent at once, about 400 KB."""
_BUFFER_BYTES = 1 << 20


class PackingApart:
    """Sends blobs to another process, which writes them from that place in the file on."""

    def __init__(self, file: IO[bytes], dictionaries: Dictionaries, begin: int) -> None:
        """Raises OSError where no process can be started."""
        file.flush()
        number = file.fileno()
        os.lseek(number, begin, os.SEEK_SET)  # it is the other's place too
        self._batch: list[tuple[int, bytes]] = []
        self._other = OtherProcess(__name__, str(number), files=(number,))
        self._other.send([begin, *dictionaries.contents])

    def add(self, ordinal: int, blob: bytes) -> None:
        """Take a blob, compressed or not. Raises OSError when the process has ended."""
        self._batch.append((ordinal, blob))
        if len(self._batch) >= _BATCH:
            self._send_batch()

    def finish(self) -> Packed:
        """Wait until all are written; what there is in the file. Raises OSError when the process has failed."""
        self._send_batch()
        self._other.send([])
        packed = self._other.receive()
        self._other.finish()
        return Packed._make(packed)

    def abandon(self) -> None:
        """End the process."""
        self._other.abandon()

    def _send_batch(self) -> None:
        if self._batch:
            batch, self._batch = self._batch, []
            self._other.send(batch)


def main() -> None:
    """Pack what comes. Ends at once where it breaks off: whoever sent has gone."""
    source = sys.stdin.buffer
    with os.fdopen(int(sys.argv[1]), "wb", _BUFFER_BYTES) as file:
        begin, *dictionaries = receive(source) or sys.exit(1)
        packing = Packing(file, Dictionaries(dictionaries), begin)
        while batch := receive(source):
            for ordinal, blob in batch:
                packing.add(ordinal, blob)
        if batch is None:
            sys.exit(1)
        packed = packing.finish()
    send(sys.stdout.buffer, tuple(packed))


if __name__ == "__main__":
    main()
