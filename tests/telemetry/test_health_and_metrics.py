"""Health and metrics at their addresses."""

from collections.abc import Iterator

import httpx
import pytest
from prometheus_client import REGISTRY as GLOBAL_REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from services.telemetry.health import HealthChecks, health_app
from services.telemetry.metrics import FOLLOWER_ERRORS, LOG_POSITION, REGISTRY, metrics_app
from tests.support.serving import serving


@pytest.fixture
def checks() -> HealthChecks:
    return HealthChecks()


@pytest.fixture
def url(checks: HealthChecks) -> Iterator[str]:
    with serving(health_app(checks)) as address:
        yield address


class TestHealth:
    def test_a_process_without_checks_is_ready(self, url: str) -> None:
        answer = httpx.get(f"{url}/health/ready")
        assert (answer.status_code, answer.json()) == (200, {"status": "ready"})

    def test_what_is_not_ready_is_named_with_its_reason(self, url: str, checks: HealthChecks) -> None:
        checks.register("log", lambda: None)
        checks.register("read model", lambda: "at 1-40, the log is at 1-57")
        answer = httpx.get(f"{url}/health/ready")
        assert answer.status_code == 503
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["detail"] == "Not ready yet: read model."
        assert answer.json()["not_ready"] == {"read model": "at 1-40, the log is at 1-57"}

    def test_it_is_asked_anew_each_time(self, url: str, checks: HealthChecks) -> None:
        waiting = ["still loading"]
        checks.register("read model", lambda: waiting[0] if waiting else None)
        assert httpx.get(f"{url}/health/ready").status_code == 503
        waiting.clear()
        assert httpx.get(f"{url}/health/ready").status_code == 200

    def test_a_check_that_fails_is_not_ready(self, url: str, checks: HealthChecks) -> None:
        def broken() -> str | None:
            raise OSError("the secret address does not answer")

        checks.register("database", broken)
        answer = httpx.get(f"{url}/health/ready")
        assert answer.json()["not_ready"] == {"database": "its check failed; the log has the cause"}
        assert "secret" not in answer.text

    def test_an_alarm_is_told_and_leaves_the_process_ready(self, url: str, checks: HealthChecks) -> None:
        checks.alarm("kafka", lambda: "nothing for 70 s")
        checks.alarm("disk", lambda: None)
        told = {"kafka": "nothing for 70 s"}
        answer = httpx.get(f"{url}/health/ready")
        assert (answer.status_code, answer.json()) == (200, {"status": "ready", "alarms": told})
        checks.register("log", lambda: "still loading")
        answer = httpx.get(f"{url}/health/ready")
        assert (answer.status_code, answer.json()["alarms"]) == (503, told)

    def test_a_process_that_is_not_ready_lives(self, url: str, checks: HealthChecks) -> None:
        checks.register("read model", lambda: "still loading")
        assert httpx.get(f"{url}/health/live").json() == {"status": "live"}

    def test_a_process_that_only_a_restart_mends_does_not_live(self, url: str, checks: HealthChecks) -> None:
        trouble: list[str] = []
        checks.register("history", lambda: trouble[0] if trouble else None, needs_restart=True)
        assert httpx.get(f"{url}/health/live").json() == {"status": "live"}
        trouble.append("the registry was restored")
        answer = httpx.get(f"{url}/health/live")
        assert answer.status_code == 503
        assert answer.json()["detail"] == "Restart this process: the registry was restored"
        assert answer.json()["not_live"] == httpx.get(f"{url}/health/ready").json()["not_ready"]


class TestMetrics:
    def test_what_parts_set_is_read_by_prometheus(self) -> None:
        LOG_POSITION.set(57)
        FOLLOWER_ERRORS.labels("test").inc()
        with serving(metrics_app()) as url:
            families = {
                family.name: family for family in text_string_to_metric_families(httpx.get(f"{url}/metrics").text)
            }
        assert families["dwr_log_position"].samples[0].value == 57
        assert any(sample.labels == {"reader": "test"} for sample in families["dwr_follower_errors"].samples)
        assert "process_cpu_seconds" in families

    def test_every_one_of_ours_has_our_prefix_and_a_sentence(self) -> None:
        ours = [family for family in REGISTRY.collect() if not family.name.startswith(("process_", "python_"))]
        assert len(ours) > 10
        for family in ours:
            assert family.name.startswith("dwr_")
            assert family.documentation.endswith(".")
            assert " " in family.documentation

    def test_none_of_ours_is_in_the_librarys_global_registry(self) -> None:
        assert not [family.name for family in GLOBAL_REGISTRY.collect() if family.name.startswith("dwr_")]
