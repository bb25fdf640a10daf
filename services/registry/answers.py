"""Answers about one organisation: what its reader may see, the version, and the position of the log."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import orjson
from starlette.responses import Response

from services.events.contracts.entries import Json
from services.events.contracts.position import Position
from services.problems import Problem
from services.registry.recording import Outcome

POSITION = "DWR-Position"
BASE = "/registry/v1/organisations"


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer before it is sent: it can be kept and given again."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)

    def response(self, **more: str) -> Response:
        """The answer as Starlette sends it."""
        media_type = "application/json" if self.body else None
        return Response(self.body or None, self.status, self.headers | more, media_type)


@contextmanager
def positioned(position: Position) -> Iterator[None]:
    """Problems raised in the block tell the position too."""
    try:
        yield
    except Problem as problem:
        problem.headers.setdefault(POSITION, str(position))
        raise


def etag(version: int) -> str:
    """The version as an entity tag: what `If-Match` takes."""
    return f'"{version}"'


def with_position(position: Position, content: Json) -> bytes:
    """A JSON body that ends with the position it was answered from."""
    return orjson.dumps(content | {"generation": position.generation, "position": position.number})


def answer(position: Position, content: Json, *, status: int = 200, **headers: str) -> Answer:
    """An answer with its position in body and header."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, with_position(position, content), {POSITION: str(position), **named})


def outcome_answer(outcome: Outcome, *, status: int = 200) -> Answer:
    """The organisation as a command left it, whole: who may command it may read it."""
    content = {"organisation": outcome.document, "version": outcome.version}
    headers = {"ETag": etag(outcome.version), "Cache_Control": "private, no-cache"}
    if status == 201:  # noqa: PLR2004 - created
        headers["Location"] = f"{BASE}/{outcome.organisation.id}"
    return answer(outcome.position, content, status=status, **headers)
