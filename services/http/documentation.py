"""The documentation page of an API: its scripts come from this server, so it works without the internet."""

from importlib.resources import files

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

_ASSETS = files("fastapi_offline") / "static"


def add_documentation(api: FastAPI, address: str) -> None:
    """Serve the page at `address`, and what it loads below that."""
    page = get_swagger_ui_html(
        openapi_url=str(api.openapi_url),
        title=api.title,
        swagger_js_url=f"{address}/assets/swagger-ui-bundle.js",
        swagger_css_url=f"{address}/assets/swagger-ui.css",
        swagger_favicon_url="data:,",
        swagger_ui_parameters={"persistAuthorization": True, "displayRequestDuration": True},
    )

    @api.get(address, include_in_schema=False)
    async def documentation() -> HTMLResponse:
        return page

    api.mount(f"{address}/assets", StaticFiles(directory=str(_ASSETS)), name="documentation")
