"""HEAD wherever GET is (RFC 9110, 9.3.2): the same headers, and no body. FastAPI's routes take the method they name."""

from starlette.types import ASGIApp, Receive, Scope, Send

_SCOPE_KEY = "dwr.headers_only"


class HeadLikeGet:
    """An application that answers HEAD as it answers GET; the server leaves the body out."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return
        inner = {**scope, "method": "GET", _SCOPE_KEY: True}
        try:
            await self._app(inner, receive, send)
        finally:
            # Which route answered is noted in the scope, and log and metrics ask for it.
            scope.update({**inner, "method": "HEAD"})


def headers_only(scope: Scope) -> bool:
    """Whether the body of the answer is for nobody: then one that costs much need not be made."""
    return _SCOPE_KEY in scope
