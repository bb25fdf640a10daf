"""Which media type an answer is given in."""

from collections.abc import Iterator

from services.problems import NotAcceptable

GRAPHQL_RESPONSE = "application/graphql-response+json"
JSON = "application/json"
HTML = "text/html"


def negotiate(accept: str | None) -> str:
    """The media type of the answer. A client that names neither gets plain JSON, which every client reads.

    Raises NotAcceptable.
    """
    if not accept:
        return JSON
    wanted = dict(_weights(accept))
    offered = [(wanted[name], name) for name in (GRAPHQL_RESPONSE, JSON) if wanted.get(name)]
    if offered:
        return max(offered, key=lambda pair: pair[0])[1]
    if wanted.get("*/*") or wanted.get("application/*"):
        return JSON
    raise NotAcceptable(f"Answers are given as {GRAPHQL_RESPONSE} or {JSON}.")


def prefers_html(accept: str | None) -> bool:
    """Whether it is a browser that asks, and not a program."""
    wanted = dict(_weights(accept or ""))
    return wanted.get(HTML, 0) > max(wanted.get(GRAPHQL_RESPONSE, 0), wanted.get(JSON, 0))


def _weights(accept: str) -> Iterator[tuple[str, float]]:
    for part in accept.split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weight = next((text[2:] for text in parameters if text.startswith("q=")), "1")
        yield name, float(weight) if weight.replace(".", "", 1).isdecimal() else 0.0
