"""The start page, and one page for each problem type: where the `type` of an error leads."""

from html import escape
from inspect import cleandoc

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from services.http.answers import PROBLEM_HANDLERS
from services.problems import problem_types
from services.settings import Settings

_LINKS = (
    ("/graphql", "GraphQL", "every read, with example operations to try"),
    ("/registry/docs", "Registry API", "register, change, publish and label organisations"),
    ("/events/docs", "Events API", "the change feed, snapshots and the event contracts"),
    ("/notifier/docs", "Notifier API", "saved searches delivered as webhooks"),
    ("/problems", "Problem types", "what each error means and what to do"),
    ("/health/ready", "Readiness", "whether every part has caught up"),
    ("/metrics", "Metrics", "for Prometheus"),
)
_STYLE = """
:root { color-scheme: light dark; font: 1.05rem/1.55 system-ui, sans-serif; }
body { max-width: 46rem; margin: 3rem auto; padding: 0 1.2rem; }
h1 { font-size: 1.7rem; line-height: 1.2; } dt { font-weight: 600; margin-top: .8rem; } dd { margin: 0; }
a { color: #0a5ad6; } @media (prefers-color-scheme: dark) { a { color: #8ab8ff; } }
code { font-family: ui-monospace, monospace; }
"""


def pages_app(settings: Settings) -> Starlette:
    """The pages of the system's own address."""

    async def start(_request: Request) -> Response:
        return HTMLResponse(_start_page(settings))

    return Starlette(
        routes=[
            Route("/", start),
            Route("/problems", _problem_index),
            Route("/problems/{code}", _problem_page),
        ],
        exception_handlers=PROBLEM_HANDLERS,
    )


def _page(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>{escape(title)}</h1>{body}</main></body></html>"
    )


def _start_page(settings: Settings) -> str:
    links = "".join(
        f'<dt><a href="{path}">{escape(name)}</a></dt><dd>{escape(text)}</dd>' for path, name, text in _LINKS
    )
    issuer = settings.oidc_issuer or "the local issuer of this machine (development only): dwr token --role moderator"
    return _page(
        "Digital Wallonia ecosystem registry",
        f"<p>Companies, start-ups, coworkings, fab labs and EPNs with their activity profiles.</p><dl>{links}</dl>"
        f"<p>Access tokens come from <code>{escape(issuer)}</code>.</p>",
    )


async def _problem_index(_request: Request) -> Response:
    rows = "".join(
        f'<dt><a href="{kind.type_uri()}">{code}</a> ({kind.status})</dt><dd>{escape(kind.title)}</dd>'
        for code, kind in problem_types().items()
    )
    return HTMLResponse(_page("Problem types", f"<dl>{rows}</dl>"))


async def _problem_page(request: Request) -> Response:
    kind = problem_types().get(request.path_params["code"])
    if kind is None:
        raise HTTPException(404)
    meaning = "".join(f"<p>{escape(part)}</p>" for part in cleandoc(kind.__doc__ or "").split("\n\n"))
    return HTMLResponse(_page(f"{kind.title} ({kind.status})", f"{meaning}<p><a href='/problems'>All types</a></p>"))
