"""One attempt: what the receiver can answer, and what it cannot make us do."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from services.notifier.sending import Sender
from services.settings import Settings
from tests.notifier.support.receiver import Receiver, Reply

OPEN = Settings(webhook_allow_private_networks=True, webhook_timeout_seconds=5)
HURRIED = Settings(webhook_allow_private_networks=True, webhook_timeout_seconds=0.4)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_every_2xx_is_a_success(receiver: Receiver, status: int) -> None:
    receiver.replies.append(Reply(status))
    answer = Sender(OPEN).post(receiver.url, {"x": "y"}, b"{}")
    assert (answer.succeeded, answer.status, answer.error) == (True, status, None)


@pytest.mark.parametrize("status", [304, 400, 401, 404, 410, 429, 500, 503])
def test_every_other_answer_is_a_failure_that_says_its_status(receiver: Receiver, status: int) -> None:
    receiver.replies.append(Reply(status))
    answer = Sender(OPEN).post(receiver.url, {}, b"{}")
    assert not answer.succeeded
    assert str(status) in (answer.error or "")


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    receiver.replies.append(Reply(307, {"location": receiver.url}))
    answer = Sender(OPEN).post(receiver.url, {}, b"{}")
    assert "redirects are not followed" in (answer.error or "")
    receiver.wait_for(1)


def test_the_first_kilobyte_of_the_answer_is_kept(receiver: Receiver) -> None:
    receiver.replies.append(Reply(500, body=b"\0\xff" + b"x" * 200_000))
    answer = Sender(OPEN).post(receiver.url, {}, b"{}")
    assert answer.response == "\ufffd\ufffd" + "x" * 1022


@pytest.mark.parametrize(
    ("value", "seconds"), [("7", 7), ("999999999", 86_400), ("soon", 0), ("-5", 0), ("", 0), ("1e9", 0)]
)
def test_retry_after_is_read_in_seconds(receiver: Receiver, value: str, seconds: float) -> None:
    receiver.replies.append(Reply(429, {"retry-after": value}))
    assert Sender(OPEN).post(receiver.url, {}, b"{}").retry_after_seconds == seconds


@pytest.mark.parametrize(("hours", "low", "high"), [(1, 3_500, 3_600), (-1, 0, 0), (100, 86_400, 86_400)])
def test_retry_after_is_read_as_a_date(receiver: Receiver, hours: int, low: float, high: float) -> None:
    moment = format_datetime(datetime.now(UTC) + timedelta(hours=hours), usegmt=True)
    receiver.replies.append(Reply(429, {"retry-after": moment}))
    assert low <= Sender(OPEN).post(receiver.url, {}, b"{}").retry_after_seconds <= high


def test_a_port_that_nobody_listens_on_is_a_failure() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    answer = Sender(OPEN).post(f"http://127.0.0.1:{port}/", {}, b"{}")
    assert (answer.status, (answer.error or "").split(":")[0]) == (None, "ConnectError")


def test_a_receiver_that_never_answers_is_left_in_time(receiver: Receiver) -> None:
    receiver.answering.clear()
    assert Sender(HURRIED).post(receiver.url, {}, b"{}").error == "no answer in time"


def test_a_receiver_that_drips_its_answer_is_left_in_time() -> None:
    with _dripping() as url:
        started = time.monotonic()
        answer = Sender(HURRIED).post(url, {}, b"{}")
        assert answer.error == "no answer in time"
        assert time.monotonic() - started < 3


@contextmanager
def _dripping() -> Iterator[str]:
    """An endpoint that sends one byte of its answer's head at a time and never comes to its end."""
    done = threading.Event()

    def serve(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            while not done.wait(0.05):
                try:
                    connection.sendall(b"H")
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        done.set()
        thread.join()
