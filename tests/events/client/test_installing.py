"""A partner installs the client alone: neither the registry's frameworks nor a broker's client come with it."""

import subprocess
import sys

from tests.test_dependencies import CLIENT

ALONE = """
import sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in set(sys.argv[1].split()):
            raise ModuleNotFoundError(f"{name} is not installed with the client")

sys.meta_path.insert(0, Refuse())
from services.events.client import Mirror, MirrorFile, Registry
"""
FORBIDDEN = (
    "alembic fastapi kafka prometheus_client psycopg pydantic pydantic_core sqlalchemy starlette structlog typer"
)


def test_over_http_it_needs_httpx_and_orjson_alone() -> None:
    subprocess.run([sys.executable, "-W", "error", "-c", ALONE, FORBIDDEN], check=True)
    assert {"httpx", "orjson"} == CLIENT
