"""What stands in front of all parts: pages, readiness, callers from other origins, commands that change and end."""

from pathlib import Path

import httpx
import pytest

from services.composition import ALL_ROLES, Process, compose
from services.database import migrate
from services.settings import Settings
from tests.acceptance.processes import Installation

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def _client(process: Process) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(process.app), base_url="http://registry.test")


@pytest.fixture
def process(tmp_path: Path) -> Process:
    settings = Settings(data_dir=tmp_path)
    migrate(settings.effective_database_url)
    return compose(settings, ALL_ROLES)


async def test_a_page_of_another_origin_may_write_with_its_token(process: Process) -> None:
    asked = {
        "Origin": "https://front.example.org",
        "Access-Control-Request-Method": "PATCH",
        "Access-Control-Request-Headers": "authorization, if-match, content-type, idempotency-key",
    }
    async with _client(process) as client:
        answer = await client.options("/registry/v1/organisations/org-aaaaaaaaaaaaaaaa", headers=asked)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers


async def test_a_page_of_another_origin_may_read_the_position(process: Process) -> None:
    async with _client(process) as client:
        answer = await client.get("/events/v1/feed?after=1-0", headers={"Origin": "https://front.example.org"})
    assert answer.headers["DWR-Position"] == "1-0"
    assert "DWR-Position" in answer.headers["Access-Control-Expose-Headers"]


@pytest.mark.parametrize("path", ["/", "/problems", "/problems/not-found", "/health/live", "/health/ready", "/metrics"])
async def test_a_page_that_is_only_read_names_the_methods_it_takes(process: Process, path: str) -> None:
    async with _client(process) as client:
        answer = await client.put(path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (405, "application/problem+json")
    assert "GET" in answer.headers["Allow"]
    assert "GET" in answer.json()["detail"]


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/",
            "/problems",
            "/problems/not-found",
            "/health/live",
            "/metrics",
            "/registry/docs",
            "/events/openapi.json",
        ),
        *("/registry/v1/vocabularies", "/events/v1/feed", "/events/v1/digest", "/events/docs/assets/swagger-ui.css"),
    ],
)
async def test_head_has_the_headers_of_get(process: Process, path: str) -> None:
    async with _client(process) as client:
        whole, head = await client.get(path), await client.head(path)
    told = {name for name in whole.headers if name not in {"content-length", "x-request-id"}}
    assert head.status_code == whole.status_code == 200
    assert {name: head.headers[name] for name in told} == {name: whole.headers[name] for name in told}


async def test_a_page_of_another_origin_may_ask_for_the_headers_alone(process: Process) -> None:
    asked = {"Origin": "https://front.example.org", "Access-Control-Request-Method": "HEAD"}
    async with _client(process) as client:
        assert (await client.options("/events/v1/feed", headers=asked)).status_code == 200


async def test_the_metrics_are_told(process: Process) -> None:
    async with _client(process) as client:
        answer = await client.get("/metrics")
    assert answer.status_code == 200
    assert "dwr_log_position" in answer.text


@pytest.mark.parametrize("path", ["/registry/docs/assets/swagger-ui.css", "/events/docs/assets/none"])
async def test_a_mounted_file_names_the_methods_it_takes(process: Process, path: str) -> None:
    async with _client(process) as client:
        answer = await client.put(path)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("accept", ["text/event-streamish", "text/event-stream;q=0, application/json"])
async def test_a_page_of_the_feed_is_given_to_whoever_asks_for_no_stream(process: Process, accept: str) -> None:
    async with _client(process) as client:
        answer = await client.get("/events/v1/feed", headers={"Accept": accept})
    assert answer.headers["Content-Type"] == "application/json"


async def test_a_snapshot_is_not_compressed_for_who_cannot_take_it(process: Process) -> None:
    async with _client(process) as client:
        answer = await client.get("/events/v1/snapshots/current", headers={"Accept-Encoding": "gzip;q=0, br"})
    assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize(
    "path", ["/health/nothing", "/metrics/nothing", "/nothing", "/problems/nothing", "/registryx/v1/organisations"]
)
async def test_an_address_where_nothing_is_gives_a_problem_that_names_it(process: Process, path: str) -> None:
    async with _client(process) as client:
        answer = await client.get(path)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert path in answer.json()["detail"]


@pytest.mark.parametrize("path", ["/", "/problems", "/problems/stale-version", "/registry/docs", "/graphql"])
async def test_a_page_is_whole_without_the_internet(process: Process, path: str) -> None:
    async with _client(process) as client:
        page = await client.get(path, headers={"Accept": "text/html"})
    assert page.status_code == 200
    loaded = [part.split('"', 1)[0] for name in ("src", "href") for part in page.text.split(f' {name}="')[1:]]
    assert [address for address in loaded if address.startswith(("http:", "https:", "//"))] == []


async def test_a_process_is_not_ready_before_its_reader_has_caught_up(process: Process) -> None:
    async with _client(process) as client:
        answer = await client.get("/health/ready")
    assert answer.status_code == 503
    assert set(answer.json()["not_ready"]) == {"graphql", "notifier"}


async def test_a_registry_without_migrated_database_says_so(tmp_path: Path) -> None:
    process = compose(Settings(data_dir=tmp_path), ALL_ROLES)
    async with _client(process) as client:
        answer = await client.get("/health/ready")
    assert "not migrated" in answer.json()["not_ready"]["database"]


def test_profiles_that_nobody_validated_become_stale_by_a_command(tmp_path: Path) -> None:
    installation = Installation(tmp_path, {"DWR_STALE_AFTER_MONTHS": "1"})
    installation.run("migrate")
    installation.run("demo", "--organisations", "300")
    installation.run("mark-stale")
    with installation.serving("up") as address:
        stale = httpx.get(
            f"{address}/registry/v1/organisations?state=stale&limit=100", headers=installation.token("m", "moderator")
        ).json()
    assert len(stale["organisations"]) > 20
