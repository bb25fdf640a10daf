"""Queries answered inside the server's protocol class (`services.http.at_once`): those that wait for nothing.

What has to wait goes the ordinary way, and so does what has not been told apart yet: tokens to verify, documents to
pay for, bodies that cannot be read, subscriptions, mutations, positions to come, pages for browsers.
"""

from dataclasses import dataclass

from starlette.types import Scope

from graphql_api.conduct.tags import Condition
from graphql_api.conduct.weights import FREE_BODY_BYTES
from graphql_api.endpoint import Endpoint
from graphql_api.execution import answer_at_once
from graphql_api.http_answer import answered_at_once
from graphql_api.negotiation import negotiate, prefers_html, takes_events
from graphql_api.page import is_page_address
from graphql_api.requests import Request, check_media_type, request_in_address, request_in_body
from services.http.at_once import AnswerBody, Answered
from services.http.fields import Fields
from services.http.request_record import RequestRecord
from services.problems import Problem


class QueriesAtOnce:
    """The endpoint, as far as it answers at once."""

    service = "graphql"
    route = "/graphql"

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self.largest_body = min(FREE_BODY_BYTES, endpoint.settings.max_body_bytes)

    def prepare(self, scope: Scope) -> AnswerBody | None:
        """What answers requests with that head; none where the ordinary way has to."""
        fields = Fields(scope)
        accept, authorizations = fields.get(b"accept"), fields.all(b"authorization")
        if scope["path"] != self.route or takes_events(accept) or len(authorizations) > 1:
            return None
        authorization = authorizations[0] if authorizations else None
        try:
            asking = _Asking(self._endpoint, scope, authorization, negotiate(accept))
            if scope["method"] == "POST":
                check_media_type(fields.get(b"content-type"), fields.get(b"content-encoding"))
                return asking.answer_posted
            is_page = is_page_address(scope["query_string"]) and prefers_html(accept)
            return None if scope["method"] != "GET" or is_page else asking.reading(fields)
        except Problem:
            return None


@dataclass(frozen=True, slots=True)
class _Asking:
    """Requests with one head."""

    endpoint: Endpoint
    scope: Scope
    authorization: str | None
    media_type: str

    def answer_posted(self, record: RequestRecord, body: bytes) -> Answered | None:
        """Answer the request that is in the body."""
        try:
            return self._answer(record, request_in_body(body))
        except Problem:
            return None

    def reading(self, fields: Fields) -> AnswerBody:
        """What answers the request that is in the address. Raises InvalidRequest and UnknownDocument."""
        request = request_in_address(self.scope["query_string"])
        condition = Condition(fields.get(b"if-none-match") or "", self.media_type)

        def answer(record: RequestRecord, body: bytes) -> Answered | None:
            return None if body else self._answer(record, request, condition)

        return answer

    def _answer(self, record: RequestRecord, request: Request, condition: Condition | None = None) -> Answered | None:
        endpoint = self.endpoint
        caller = endpoint.authenticator.known(self.authorization)
        operation = endpoint.operations.known(request.query, request.operation_name)
        if caller is None or operation is None:
            return None
        record.caller = caller.name
        context = endpoint.context(self.scope, caller, self.authorization, record.id)
        given = answer_at_once(operation, request, context, condition)
        return None if given is None else answered_at_once(given, self.media_type)
