"""Persisted documents (GraphQL over HTTP, appendix): operations sent by an id instead of their text.

They are those of `graphql/operations` and no others: nothing that a caller sends is kept for later callers. An id is
`sha256:` with the digest of the text, which never means another text, or the operation's name, which always means the
present one.
"""

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from typing import Any

import orjson
from starlette.responses import Response

from graphql_api.examples import Example, examples
from graphql_api.problems import UnknownDocument
from services.problems import FieldError, MethodNotAllowed

ADDRESS = "/graphql/operations"
"""Where they are listed."""


def document_id(text: str) -> str:
    """The id that the text has by its content."""
    return f"sha256:{sha256(text.encode()).hexdigest()}"


def persisted(identifier: str) -> str:
    """The text of the document with that id. Raises UnknownDocument."""
    try:
        return _texts()[identifier]
    except KeyError:
        detail = f"No persisted document has this id here. {ADDRESS} lists those that there are; else send its text."
        raise UnknownDocument(detail, errors=[FieldError("/documentId", "unknown", detail)]) from None


def is_persisted(text: str) -> bool:
    """Whether the document is one of them, however it was sent."""
    return text in _known()


def listing(method: str) -> Response:
    """The answer at `ADDRESS`: all of them. Raises MethodNotAllowed."""
    if method != "GET":
        raise MethodNotAllowed("This address takes GET, HEAD.", headers={"Allow": "GET, HEAD"})
    return Response(_listing(), headers={"Cache-Control": "no-cache"}, media_type="application/json")


def table() -> str:
    """The table of them in the guide."""
    rows = [f"| `{one.name}` | {_purpose(one)} | `{document_id(one.document)}` |" for one in examples()]
    return "\n".join(["| name | for | id |", "|---|---|---|", *rows]) + "\n"


@cache
def _listing() -> bytes:
    return orjson.dumps({"operations": [_listed(one) for one in examples()]})


def _listed(one: Example) -> Mapping[str, Any]:
    return {
        "name": one.name,
        "documentId": document_id(one.document),
        "description": _purpose(one),
        "kind": "mutation" if one.is_mutation else "query",
        "document": one.document,
        "exampleVariables": one.variables,
    }


def _purpose(one: Example) -> str:
    return one.document.partition("\n")[0].removeprefix("#").strip()


@cache
def _texts() -> Mapping[str, str]:
    return {key: one.document for one in examples() for key in (document_id(one.document), one.name)}


@cache
def _known() -> frozenset[str]:
    return frozenset(_texts().values())
