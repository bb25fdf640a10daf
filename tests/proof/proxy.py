"""A TCP proxy in a process of its own: what stands between two processes can be cut, stalled or made mute.

`python -m tests.proof.proxy [LISTEN:TARGET ...]` listens on the first port of each pair and connects to the second. It
takes lines `LISTEN CONDITION` on its input and answers each with the same line once it holds.
"""

import asyncio
import sys
from asyncio import StreamReader, StreamWriter
from contextlib import suppress
from enum import StrEnum

_CHUNK = 64 * 1024
_BROKEN = (OSError, RuntimeError)
"""What reading from and writing to a connection raises that is no more; the second one is uvloop's."""


class Condition(StrEnum):
    """What happens to the bytes of a link."""

    OPEN = "open"
    CUT = "cut"
    STALLED = "stalled"
    MUTE = "mute"


class Link:
    """The connections from one process to another."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._condition = Condition.OPEN
        self._forth, self._back = asyncio.Event(), asyncio.Event()
        self._writers: set[StreamWriter] = set()
        self.become(Condition.OPEN)

    def become(self, condition: Condition) -> None:
        """From now on. Whoever was cut off from answers never gets them: those connections end."""
        if condition is Condition.CUT or self._condition is Condition.MUTE:
            for writer in list(self._writers):
                writer.transport.abort()
        self._condition = condition
        _set(self._forth, to=condition is not Condition.STALLED)
        _set(self._back, to=condition not in {Condition.STALLED, Condition.MUTE})

    async def serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        """One connection, until either side ends it."""
        with suppress(*_BROKEN):
            await self._forth.wait()
            if self._condition is not Condition.CUT:
                await self._connect(reader, writer)
        writer.transport.abort()

    async def _connect(self, reader: StreamReader, writer: StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._target)
        self._writers |= {writer, back}
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(_pump(reader, back, self._forth))
                both.create_task(_pump(there, writer, self._back))
        finally:
            self._writers -= {writer, back}
            back.transport.abort()


async def _pump(source: StreamReader, sink: StreamWriter, gate: asyncio.Event) -> None:
    """Hand on what comes, while the gate is open; what was read or waits in the buffers is handed on afterwards."""
    with suppress(*_BROKEN):
        while data := await source.read(_CHUNK):
            await gate.wait()
            sink.write(data)
            await sink.drain()
        await gate.wait()
    with suppress(*_BROKEN):
        sink.write_eof()


def _set(event: asyncio.Event, *, to: bool) -> None:
    if to:
        event.set()
    else:
        event.clear()


async def _main(pairs: list[str]) -> None:
    links = {}
    for pair in pairs:
        listen, target = map(int, pair.split(":"))
        links[listen] = Link(target)
        await asyncio.start_server(links[listen].serve, "127.0.0.1", listen)
    print("ready", flush=True)  # noqa: T201 - the answer to whoever started it
    commands = StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin.buffer)
    while line := (await commands.readline()).decode():
        port, condition = line.split()
        links[int(port)].become(Condition(condition))
        print(port, condition, flush=True)  # noqa: T201 - the same


if __name__ == "__main__":
    import uvloop

    uvloop.run(_main(sys.argv[1:]))
