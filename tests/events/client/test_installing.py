"""A partner installs the client alone: neither the registry's frameworks nor a broker's client come with it."""

import subprocess
import sys

from tests.test_dependencies import CLIENT, OPTIONAL

ALONE = """
import sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in set(sys.argv[1].split()):
            raise ModuleNotFoundError(f"{name} is not installed with the client")

sys.meta_path.insert(0, Refuse())
from services.events.client import Mirror, MirrorFile, Registry
"""
FORBIDDEN = "alembic fastapi prometheus_client psycopg pydantic pydantic_core sqlalchemy starlette structlog typer"


def test_over_http_it_needs_httpx_and_orjson_alone() -> None:
    subprocess.run([sys.executable, "-W", "error", "-c", ALONE, f"{FORBIDDEN} kafka crc32c"], check=True)
    assert {"httpx", "orjson"} == CLIENT


def test_over_kafka_it_needs_kafka_python_too() -> None:
    over_kafka = f"{ALONE}from services.events.client.kafka import KafkaEntries\n"
    subprocess.run([sys.executable, "-c", over_kafka, FORBIDDEN], check=True)
    assert {"crc32c", "kafka-python"} == OPTIONAL["kafka"]
