"""Writes are the registry's: they go to its HTTP API with the caller's own token, and its answer comes back typed."""

import re
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson

from graphql_api.schema.context import Context
from graphql_api.schema.results import WriteResult, refusal, written
from services.problems import FieldError, InvalidInput, NotFound, Problem, Unavailable

_ORGANISATIONS = "/registry/v1/organisations"
_SERVER_ERRORS = 500
_STEP = re.compile(r"[a-z0-9-]{1,80}")
_HEADER = re.compile(r"[\x21-\x7e]{1,255}")


@dataclass(frozen=True, slots=True)
class Write:
    """One request to the registry."""

    path: str | None
    """Below the organisations: `/org-…/publish`. None where what the caller sent is no path."""
    body: Any = None
    method: str = "POST"
    version: int | None = None
    idempotency_key: str | None = None
    confirmation_token: str | None = None
    parameters: dict[str, str] = field(default_factory=dict)

    async def send(self, context: Context) -> WriteResult:
        """The result of the write. Raises Unavailable when the registry does not answer."""
        refused: WriteResult
        if (fault := self._fault()) is not None:
            refused = refusal(fault.document())
            return refused
        try:
            answer = await context.registry.request(
                self.method,
                f"{_ORGANISATIONS}{self.path}",
                params=self.parameters,
                content=None if self.body is None else orjson.dumps(self.body),
                headers=self._headers(context),
            )
        except httpx.HTTPError as error:
            raise Unavailable("The registry does not answer; try the same again with the same key.") from error
        if answer.status_code >= _SERVER_ERRORS:
            raise Unavailable("The registry could not carry this out; try the same again with the same key.")
        document = orjson.loads(answer.content)
        if not answer.is_success:
            refused = refusal(document)
            return refused
        result = written(document)
        context.written.append(result.position)
        return result

    def _fault(self) -> Problem | None:
        """What could not even be sent: an id that would lead to another address, text that no header can carry."""
        if self.path is None:
            return NotFound("There is no such organisation or grant; write its id as the registry gave it.")
        for name, value in (("idempotencyKey", self.idempotency_key), ("confirmationToken", self.confirmation_token)):
            if value is not None and not _HEADER.fullmatch(value):
                remedy = f"Send {name} as 1 to 255 visible ASCII characters."
                return InvalidInput(remedy, errors=[FieldError(f"argument:{name}", "wrong_form", remedy)])
        return None

    def _headers(self, context: Context) -> dict[str, str]:
        media_type = "application/merge-patch+json" if self.method == "PATCH" else "application/json"
        headers = {
            "Authorization": context.authorization,
            "Content-Type": None if self.body is None else media_type,
            "If-Match": None if self.version is None else f'"{self.version}"',
            "Idempotency-Key": self.idempotency_key,
            "DWR-Confirmation-Token": self.confirmation_token,
            "X-Request-ID": context.request_id,
        }
        return {name: value for name, value in headers.items() if value is not None}


def path_of(identifier: str, *steps: str) -> str | None:
    """The path of an organisation, or of something about it; None for what would lead to another address."""
    parts = (identifier, *steps)
    return "".join(f"/{part}" for part in parts) if all(map(_STEP.fullmatch, parts)) else None
