"""Logs at their outlet: the stream that a process writes."""

import io
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import structlog
from pydantic import BaseModel, ValidationError
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from services.access.local_issuer import issue
from services.settings import Settings
from services.telemetry.logs import REQUEST_ID, configure_logging

log = structlog.get_logger("services.sample")


PRIVATE = "somebody's number"


class Contact(BaseModel):
    telephone: int


@pytest.fixture
def _root() -> Iterator[None]:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = before


@pytest.fixture
def stream(_root: None) -> io.StringIO:
    written = io.StringIO()
    configure_logging(Settings(log_format="json"), written)
    return written


def line(stream: io.StringIO) -> dict[str, Any]:
    """The last line written."""
    found: dict[str, Any] = json.loads(stream.getvalue().splitlines()[-1])
    return found


class TestForm:
    def test_an_event_is_one_line_of_json_with_its_fields(self, stream: io.StringIO) -> None:
        log.info("delivery_failed", delivery="dlv-1", status=503, sizes=(1, 2), at=datetime(2026, 1, 2, tzinfo=UTC))
        written = line(stream)
        assert datetime.fromisoformat(written.pop("timestamp")).tzinfo
        assert written == {
            "event": "delivery_failed",
            "level": "info",
            "logger": "services.sample",
            "delivery": "dlv-1",
            "status": 503,
            "sizes": [1, 2],
            "at": "2026-01-02 00:00:00+00:00",
        }

    def test_libraries_speak_through_the_same_formatter(self, stream: io.StringIO) -> None:
        before = REQUEST_ID.set("0123abcd")
        logging.getLogger("alembic.runtime").warning("running %s", "upgrade")
        REQUEST_ID.reset(before)
        written = line(stream)
        assert (written["event"], written["level"], written["logger"]) == (
            "running upgrade",
            "warning",
            "alembic.runtime",
        )
        assert written["request_id"] == "0123abcd"

    def test_uvicorn_speaks_through_it_too_but_not_its_access_log(self, stream: io.StringIO) -> None:
        logging.getLogger("uvicorn.access").info('GET /?number=0403227515 "200"')
        assert stream.getvalue() == ""
        logging.getLogger("uvicorn.error").info("Started server")
        assert line(stream)["event"] == "Started server"

    @pytest.mark.parametrize("name", ["httpx", "kafka.conn", "sqlalchemy.engine"])
    def test_libraries_that_tell_every_request_are_quiet(self, stream: io.StringIO, name: str) -> None:
        logging.getLogger(name).info("POST https://receiver.example/hook?secret=1")
        assert stream.getvalue() == ""

    def test_what_is_below_the_level_is_not_written(self, stream: io.StringIO) -> None:
        log.debug("considered")
        configure_logging(Settings(log_format="json", log_level="error"), stream)
        log.warning("considered")
        assert stream.getvalue() == ""

    @pytest.mark.usefixtures("_root")
    def test_production_writes_json_whatever_else_is_set(self) -> None:
        written = io.StringIO()
        settings = Settings(environment="production", oidc_issuer="https://login.example", log_format="console")
        configure_logging(settings, written)
        log.info("started")
        assert line(written)["event"] == "started"

    @pytest.mark.usefixtures("_root")
    def test_development_writes_for_people(self) -> None:
        written = io.StringIO()
        configure_logging(Settings(), written)
        log.info("started", port=8000)
        assert "started" in written.getvalue()
        assert "port=8000" in written.getvalue()
        with pytest.raises(json.JSONDecodeError):
            json.loads(written.getvalue())


SECRETS = {
    "token": ("Bearer abc.def", "abc.def"),
    "authorization": ("abc", "abc"),
    "password": ("hunter2", "hunter2"),
    "body": ({"title": "Atelier"}, "Atelier"),
    "document": ({"contact": {"name": "Jeanne"}}, "Jeanne"),
    "subject": ("jeanne", "jeanne"),
    "note": ("write to jeanne.dupont@example.org", "jeanne"),
    "tried": ("called +32 475 12 34 56 twice", "475"),
    "nested": ({"list": [{"email": "x"}, "+32475123456"]}, "475123456"),
    "deep": ({"a": {"b": {"c": {"d": {"e": "jeanne@example.org"}}}}}, "jeanne"),
    "address": ("postgresql://dwr:hunter2@database:5432/dwr", "hunter2"),
    "signed": ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "MfKQ9r8"),
    "header": ("authorization: bearer secret-opaque-token", "secret-opaque"),
    "model": (Contact(telephone=32475123456), "475123456"),
}


class TestRedaction:
    @pytest.mark.parametrize("name", SECRETS)
    def test_secrets_and_private_values_are_withheld(self, stream: io.StringIO, name: str) -> None:
        value, planted = SECRETS[name]
        log.info("planted", **{name: value})
        assert "planted" in stream.getvalue()
        assert planted not in stream.getvalue()

    def test_a_token_is_found_wherever_it_stands(self, stream: io.StringIO, tmp_path: Any) -> None:
        token = issue(Settings(data_dir=tmp_path), "jeanne")
        log.info("planted", header=f"got {token} here")
        logging.getLogger("library").error("refused %s", token)
        assert token.split(".")[1] not in stream.getvalue()

    def test_harmless_values_stay_as_they_are(self, stream: io.StringIO) -> None:
        fields = {
            "position": "1-57",
            "organisation": "org-abcdefghij234567",
            "time": "2026-11-24T09:30:00+01:00",
            "version": "1.2.3+4",
            "url": "https://registry.example/registry/v1",
            "count": 32475123456,
            "part": None,
            "ready": True,
        }
        log.info("told", **fields)
        assert {name: line(stream)[name] for name in fields} == fields


class TestExceptions:
    def test_one_is_told_with_its_place_and_what_led_to_it(self, stream: io.StringIO) -> None:
        members: dict[str, int] = {}
        try:
            try:
                members["missing"]
            except KeyError as cause:
                raise RuntimeError("could not go on") from cause
        except RuntimeError:
            log.exception("failed")
        told = line(stream)["exception"]
        assert told.index("KeyError: 'missing'") < told.index("RuntimeError: could not go on")
        assert "test_logs.py" in told

    def test_those_of_libraries_are_told_in_the_same_way(self, stream: io.StringIO) -> None:
        logging.getLogger("library").error("failed", exc_info=ValueError("call +32 475 12 34 56"))
        assert "ValueError: call [telephone]" in line(stream)["exception"]

    def test_a_connection_to_a_broker_that_broke_is_told_without_a_stack(self, stream: io.StringIO) -> None:
        kafka = logging.getLogger("kafka.net.transport")
        kafka.error("closing socket", exc_info=ConnectionResetError(104, "Connection reset by peer"))
        assert line(stream)["cause"] == "[Errno 104] Connection reset by peer"
        assert "exception" not in line(stream)
        kafka.error("loop crashed", exc_info=ValueError("a defect"))
        assert "a defect" in line(stream)["exception"]

    def test_the_input_that_pydantic_refused_is_withheld(self, stream: io.StringIO) -> None:
        with pytest.raises(ValidationError) as refused:
            Contact.model_validate({"telephone": PRIVATE})
        log.error("failed", exc_info=refused.value)
        assert "1 errors in Contact: telephone int_parsing" in line(stream)["exception"]
        assert PRIVATE not in stream.getvalue()

    def test_the_parameters_of_a_statement_are_withheld(self, stream: io.StringIO) -> None:
        engine = create_engine("sqlite://")
        with engine.connect() as connection, pytest.raises(DBAPIError) as refused:
            connection.execute(text("INSERT INTO nowhere VALUES (:value)"), {"value": PRIVATE})
        engine.dispose()
        log.error("failed", exc_info=refused.value)
        assert "no such table: nowhere in INSERT INTO nowhere" in line(stream)["exception"]
        assert PRIVATE not in stream.getvalue()

    def test_a_circle_of_causes_ends(self, stream: io.StringIO) -> None:
        first, second = ValueError("first"), ValueError("second")
        first.__cause__, second.__cause__ = second, first
        log.error("failed", exc_info=first)
        assert line(stream)["exception"].count("ValueError") == 2

    def test_each_of_a_group_is_told(self, stream: io.StringIO) -> None:
        log.error("failed", exc_info=ExceptionGroup("several", [ValueError("first"), KeyError("second")]))
        told = line(stream)["exception"]
        assert "first" in told
        assert "second" in told
