"""Servers that are not what they should be: each answers every connection with its bytes, in its way."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Answer = Callable[[socket.socket], None]


@contextmanager
def answering(*answers: Answer) -> Iterator[str]:
    """A server whose first connection gets the first answer, and so on; further ones get the last. Its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)
        over = threading.Event()
        thread = threading.Thread(target=_serve, args=(listener, list(answers), over))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            over.set()
            thread.join()


def _serve(listener: socket.socket, answers: list[Answer], over: threading.Event) -> None:
    while not over.is_set():
        with suppress(OSError):
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(5)
                connection.recv(65_536)
                (answers.pop(0) if len(answers) > 1 else answers[0])(connection)


def sending(status: str, body: bytes, *headers: str) -> Answer:
    """The answer with that status line, body and headers, and the end of the connection."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    text = "\r\n".join(lines).encode() + b"\r\n\r\n" + body
    return lambda connection: connection.sendall(text)


def cut_off(body: bytes, length: int) -> Answer:
    """An answer whose head promises the whole body, and which ends before."""
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    return lambda connection: connection.sendall(head + body[:length])


def raw(text: bytes) -> Answer:
    """Bytes that need not be HTTP."""
    return lambda connection: connection.sendall(text)


def dripping(body: bytes, every: float) -> Answer:
    """A byte after the other, for ever."""

    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
        with suppress(OSError):
            for byte in body * 1_000:
                connection.sendall(bytes((byte,)))
                threading.Event().wait(every)

    return drip


def silent(connection: socket.socket) -> None:
    """No answer until the client gives up."""
    with suppress(OSError):
        connection.recv(1)
