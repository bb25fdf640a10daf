"""Which media type an answer is given in."""

from functools import lru_cache

from services.problems import NotAcceptable

GRAPHQL_RESPONSE = "application/graphql-response+json"
JSON = "application/json"
HTML = "text/html"
EVENT_STREAM = "text/event-stream"

_KEPT = 100
"""Headers whose meaning is kept: clients of one kind send the same."""


@lru_cache(_KEPT)
def negotiate(accept: str | None) -> str:
    """The media type of the answer. A client that names neither gets plain JSON, which every client reads.

    Raises NotAcceptable.
    """
    if not accept:
        return JSON
    wanted = _weights(accept)
    offered = [(wanted[name], name) for name in (GRAPHQL_RESPONSE, JSON) if wanted.get(name)]
    if offered:
        return max(offered, key=lambda pair: pair[0])[1]
    if wanted.get("*/*") or wanted.get("application/*") or wanted.get(EVENT_STREAM):
        return JSON  # to who takes events alone, of requests that cannot be read
    raise NotAcceptable(f"Answers are given as {GRAPHQL_RESPONSE}, {JSON} or {EVENT_STREAM}.")


@lru_cache(_KEPT)
def takes_events(accept: str | None) -> bool:
    """Whether the client takes server-sent events."""
    return bool(_weights(accept or "").get(EVENT_STREAM))


@lru_cache(_KEPT)
def takes_only_events(accept: str | None) -> bool:
    """Whether it takes nothing else that answers are given as."""
    wanted = {name for name, weight in _weights(accept or "").items() if weight}
    return EVENT_STREAM in wanted and wanted.isdisjoint({GRAPHQL_RESPONSE, JSON, "*/*", "application/*"})


@lru_cache(_KEPT)
def prefers_html(accept: str | None) -> bool:
    """Whether it is a browser that asks, and not a program."""
    wanted = _weights(accept or "")
    return wanted.get(HTML, 0) > max(wanted.get(GRAPHQL_RESPONSE, 0), wanted.get(JSON, 0))


def _weights(accept: str) -> dict[str, float]:
    return dict(_weight(part) for part in accept.split(","))


def _weight(part: str) -> tuple[str, float]:
    name, *parameters = (piece.strip().lower() for piece in part.split(";"))
    weight = next((text[2:] for text in parameters if text.startswith("q=")), "1")
    return name, float(weight) if weight.replace(".", "", 1).isdecimal() else 0.0
