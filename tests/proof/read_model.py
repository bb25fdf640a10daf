"""What the GraphQL API says of its read model."""

import threading
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Self

import httpx

_STATUS = "{ registryStatus { position digest organisations } }"
_PAGE = """query ($after: String) {
  organisations(first: 100, after: $after) {
    nodes { id shortDescription { text } } pageInfo { hasNextPage endCursor }
  }
}"""
_EVERY_SECONDS = 0.2
_TIMEOUT = httpx.Timeout(5.0, connect=1.0)


class ReadModel:
    """Asks where the read model stands, again and again while the context is open."""

    def __init__(self, address: str) -> None:
        self._address = f"{address}/graphql"
        self._position = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="read-model")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def position(self) -> int:
        """Where it stood when it was asked last; 0 while it does not answer."""
        return self._position

    def digest(self) -> tuple[int, str]:
        """Its position, and the digest of what it holds there."""
        with httpx.Client(timeout=30) as client:
            status = self._ask(client, _STATUS)["registryStatus"]
        return int(status["position"].partition("-")[2]), status["digest"]

    def descriptions(self) -> dict[str, str]:
        """The French short description of every organisation that the API lists, by subject."""
        with httpx.Client(timeout=30) as client:
            return {f"organisation/{node['id']}": _text(node) for node in self._nodes(client)}

    def _nodes(self, client: httpx.Client) -> Iterator[dict[str, Any]]:
        after = None
        while True:
            page = self._ask(client, _PAGE, after=after)["organisations"]
            yield from page["nodes"]
            if not page["pageInfo"]["hasNextPage"]:
                return
            after = page["pageInfo"]["endCursor"]

    def _run(self) -> None:
        with httpx.Client(timeout=_TIMEOUT) as client:
            while not self._stop.wait(_EVERY_SECONDS):
                try:
                    position = self._ask(client, _STATUS)["registryStatus"]["position"]
                    self._position = int(position.partition("-")[2])
                except (httpx.HTTPError, KeyError, TypeError):
                    self._position = 0

    def _ask(self, client: httpx.Client, query: str, **variables: Any) -> Any:
        return client.post(self._address, json={"query": query, "variables": variables}).json()["data"]


def _text(node: dict[str, Any]) -> str:
    return node["shortDescription"]["text"] if node["shortDescription"] else ""
