"""A snapshot of now, made as it is sent."""

from collections.abc import Generator, Iterator
from contextlib import closing

from sqlalchemy import Engine

from services.database import reading
from services.events.contracts.vocabulary import View
from services.events.log.reading import Head, read_head
from services.events.snapshots.formats import Format
from services.events.snapshots.texts import blocks, snapshot_lines

_BLOCK_BYTES = 64 * 1024


class CurrentSnapshot:
    """A snapshot of now, read in one transaction that no writer waits for.

    Making it fixes the position; it can be read once.
    """

    def __init__(self, engine: Engine, view: View) -> None:
        self._lines = _read(engine, view)
        first = next(self._lines)
        assert isinstance(first, Head)  # noqa: S101 - the generator below begins so
        self.head = first

    def lines(self) -> Iterator[bytes]:
        """Every line, with its end."""
        with closing(self._lines):
            for line in self._lines:
                assert isinstance(line, bytes)  # noqa: S101 - as above
                yield line

    def pieces(self, form: Format) -> Iterator[bytes]:
        """The text in pieces that are worth sending."""
        compressor = form.compressor()
        for block in blocks(self.lines(), _BLOCK_BYTES):
            if piece := compressor.compress(block):
                yield piece
        if rest := compressor.flush():
            yield rest

    def close(self) -> None:
        """Give the transaction back, whatever was read."""
        self._lines.close()


def _read(engine: Engine, view: View) -> Generator[Head | bytes, None, None]:
    with reading(engine) as connection:
        head = read_head(connection)
        yield head
        yield from snapshot_lines(connection, head, view)
