"""The common course of every write: who, may he, on which version, was it done before; then the command itself."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

import orjson
from fastapi import Depends, Header, Request
from starlette.responses import Response

from services.access.roles import Caller
from services.access.rules import Action, decide, require
from services.http.requests import RequestId
from services.http.versions import expected_version
from services.problems import NotFound, Problem
from services.registry.answers import Answer, positioned
from services.registry.idempotency import REPLAYED, keep_answer, kept_answer
from services.registry.members import relation_of
from services.registry.problems import StaleVersion
from services.registry.repository import Stored
from services.registry.routes.context import (
    RegistryParts,
    SignedInCaller,
    author_of,
    checked_key,
)
from services.registry.unit import Unit
from services.registry.writer import Writer
from services.telemetry.metrics import WRITES

Work = Callable[[Unit], Answer]
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="Any text that is new for each new request. A repeat within 24 hours with the same key is answered "
        "like the first one, with `Idempotency-Replayed: true`, and changes nothing.",
        examples=["4f0c7a52-6c1e-4be5-9a53-6d2f5a1e7b10"],
    ),
]
IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", description="The ETag of the version that you read.", examples=['"1"']),
]


@dataclass(frozen=True, slots=True)
class NewWrite:
    """A write that does not start from a version."""

    caller: Caller
    writer: Writer
    request_id: str
    key: str | None
    request_hash: str

    async def __call__(self, action: Action, work: Work) -> Response:
        """Carry the work out when the caller may, once for each Idempotency-Key."""
        require(self.caller, action)
        return (await self.run(action, work)).response()

    async def run(self, action: Action, work: Work, about: Sequence[str] = ()) -> Answer:
        """The answer of the work, or the one kept from before."""
        outcome = "failed"
        try:
            author = author_of(self.caller, self.request_id)
            answer = await self.writer.run(lambda unit: self._tell(unit, work), author, about)
            outcome = "repeated" if REPLAYED in answer.headers else "done"
        except Problem as problem:
            outcome = problem.code()
            raise
        finally:
            WRITES.labels(action.value, outcome).inc()
        return answer

    def _tell(self, unit: Unit, work: Work) -> Answer:
        with positioned(unit.log.position):
            return self._once(unit, work)

    def _once(self, unit: Unit, work: Work) -> Answer:
        if self.key is None or self.caller.subject is None:
            return work(unit)
        kept = kept_answer(unit, self.caller.subject, self.key, self.request_hash)
        if kept is None:
            answer = work(unit)
            keep_answer(unit, self.caller.subject, self.key, self.request_hash, answer)
        return kept or answer


@dataclass(frozen=True, slots=True)
class ExistingWrite:
    """A write to an organisation, which must be at the version that the caller read."""

    new: NewWrite
    version: int

    async def __call__(self, action: Action, identifier: str, work: Work) -> Response:
        """Carry the work out when the caller may and nobody changed the organisation meanwhile."""

        def checked(unit: Unit) -> Answer:
            self._check(unit, action, identifier)
            return work(unit)

        return (await self.new.run(action, checked, [identifier])).response()

    def _check(self, unit: Unit, action: Action, identifier: str) -> None:
        stored = _permitted(unit, self.new.caller, action, identifier)
        if stored.version != self.version:
            raise StaleVersion(stored.version)


def _permitted(unit: Unit, caller: Caller, action: Action, identifier: str) -> Stored:
    """The organisation, when the caller may do this with it; who may not even see it is told that there is none."""
    stored = unit.organisations.find(identifier)
    if stored is not None:
        state = stored.state.value
        relation = relation_of(unit.connection, identifier, caller.subject)
        if decide(caller, Action.READ_PUBLIC, relation=relation, state=state).allowed:
            require(caller, action, relation=relation, state=state)
            return stored
    raise NotFound(f"There is no organisation {identifier[:40]}, or it is not public.")


async def _new_write(
    request: Request, caller: SignedInCaller, parts: RegistryParts, request_id: RequestId, key: IdempotencyKey = None
) -> NewWrite:
    return NewWrite(caller, parts.writer, request_id, checked_key(key), await _hash_of(request))


async def _hash_of(request: Request) -> str:
    """What makes a request the same one: where it goes, what it says, on which version."""
    parts = [request.method, request.url.path, request.url.query, request.headers.get("if-match")]
    return hashlib.sha256(orjson.dumps(parts) + await request.body()).hexdigest()


NewWriting = Annotated[NewWrite, Depends(_new_write)]


async def _existing_write(new: NewWriting, if_match: IfMatch = None) -> ExistingWrite:
    return ExistingWrite(new, expected_version(if_match))


ExistingWriting = Annotated[ExistingWrite, Depends(_existing_write)]
