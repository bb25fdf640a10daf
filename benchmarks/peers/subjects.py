"""Who is asked."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson

from benchmarks.peers.questions import Question
from benchmarks.processes import Server

Body = Callable[[Question, dict[str, Any]], tuple[str, dict[str, Any]]]


@dataclass(frozen=True)
class Subject:
    """A server that answers the questions."""

    name: str
    title: str
    server: Server
    ask: Body
    """The path, and the JSON to post there, for a question with its variables."""

    def request(self, question: Question, variables: dict[str, Any]) -> bytes:
        """The whole HTTP request."""
        path, content = self.ask(question, variables)
        body = orjson.dumps(content)
        head = (
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"Accept: application/graphql-response+json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body
