"""What a browser gets at `/graphql`: a page to try the operations of `graphql/operations`, working without network.

It is one file of ours. From it leads a link to GraphiQL, in the template that Strawberry brings: that one loads its
scripts from a public content network, pinned by their digests, and so is not what is shown first.
"""

from functools import cache
from importlib import resources

import orjson
from starlette.responses import HTMLResponse

from graphql_api.examples import examples

_GRAPHIQL = b"graphiql"


def page(query_string: bytes) -> HTMLResponse:
    """The page; GraphiQL when the address ends with `?graphiql`."""
    return HTMLResponse(_graphiql() if query_string.startswith(_GRAPHIQL) else _explorer())


def is_page_address(query_string: bytes) -> bool:
    """Whether the address asks for a page and not for the answer to a query."""
    return not query_string or query_string.startswith(_GRAPHIQL)


@cache
def _explorer() -> str:
    reads_first = sorted(examples(), key=lambda one: not one.is_read)
    listed = [{"name": one.name, "query": one.document, "variables": one.variables} for one in reads_first]
    # `</` could end the script that the JSON stands in.
    data = orjson.dumps(listed).decode().replace("</", "<\\/")
    html = resources.files("graphql_api").joinpath("explorer.html").read_text(encoding="utf-8")
    return html.replace("/*EXAMPLES*/[]", data)


@cache
def _graphiql() -> str:
    html = resources.files("strawberry").joinpath("static", "graphiql.html").read_text(encoding="utf-8")
    return html.replace("{{ SUBSCRIPTION_ENABLED }}", "false")
