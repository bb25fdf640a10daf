"""The local issuer: tokens for development, at the public door."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from services.access.authenticator import KNOWN_SECONDS
from services.access.local_issuer import issue
from services.access.roles import Role
from services.problems import Conflict, Unavailable
from services.settings import Settings
from tests.access.door import Clock, Door, door_app
from tests.support.serving import Exchangeable, serving
from tests.support.waiting import eventually


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data")


@pytest.fixture(scope="module")
def _hosted() -> Iterator[tuple[Exchangeable, Door]]:
    host = Exchangeable()
    with serving(host) as url:
        yield host, Door(url)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def door(settings: Settings, clock: Clock, _hosted: tuple[Exchangeable, Door]) -> Door:
    host, opened = _hosted
    host.app = door_app(settings, clock)
    return opened


def key_file(settings: Settings) -> Path:
    return settings.data_dir / "local-issuer-key.pem"


def test_its_tokens_open_the_door(door: Door, settings: Settings) -> None:
    caller = door.caller(issue(settings, "marie", {Role.FRONT}, "coworking"))
    assert (caller["subject"], caller["roles"], caller["front"]) == ("marie", ["front", "member"], "coworking")


def test_its_key_is_readable_by_its_owner_alone(settings: Settings) -> None:
    issue(settings, "marie")
    assert key_file(settings).stat().st_mode & 0o777 == 0o600
    assert [file.name for file in settings.data_dir.iterdir()] == ["local-issuer-key.pem"]


def test_a_key_that_is_there_is_kept(door: Door, settings: Settings) -> None:
    first = issue(settings, "marie")
    issue(settings, "marie")
    door.caller(first)


def test_processes_that_start_together_come_to_one_key(door: Door, settings: Settings) -> None:
    with ThreadPoolExecutor(16) as pool:
        tokens = list(pool.map(lambda number: issue(settings, f"caller {number}"), range(16)))
    assert [door.caller(token)["subject"] for token in tokens] == [f"caller {number}" for number in range(16)]


def test_tokens_of_another_folder_are_refused(door: Door, settings: Settings, tmp_path: Path) -> None:
    issue(settings, "marie")
    elsewhere = settings.model_copy(update={"data_dir": tmp_path / "elsewhere"})
    assert door.refusal(issue(elsewhere, "marie"))[:2] == (401, "unknown_key")


def test_asking_whether_a_token_is_good_makes_no_key(door: Door, settings: Settings, tmp_path: Path) -> None:
    elsewhere = settings.model_copy(update={"data_dir": tmp_path / "elsewhere"})
    assert door.refusal(issue(elsewhere, "marie"))[:2] == (401, "unknown_key")
    assert not settings.data_dir.exists()


def test_a_renewed_folder_has_its_new_tokens_accepted_and_soon_the_old_ones_no_more(
    door: Door, settings: Settings, clock: Clock
) -> None:
    before = issue(settings, "marie")
    door.caller(before)
    key_file(settings).unlink()
    door.caller(issue(settings, "marie"))
    clock.advance(KNOWN_SECONDS)
    assert door.refusal(before)[1] == "unknown_key"


def test_a_token_that_was_just_verified_is_refused_once_it_ends(door: Door, settings: Settings) -> None:
    # The issuer's clock may differ by half a minute; this token was at its end already when it came.
    token = issue(settings, "marie", lifetime=timedelta(seconds=-28))
    door.caller(token)
    assert eventually(lambda: door.present(token).status_code == 401)
    assert door.refusal(token)[1] == "expired"


def test_a_token_ends_with_its_lifetime(door: Door, settings: Settings) -> None:
    assert door.refusal(issue(settings, "marie", lifetime=timedelta(seconds=-31)))[1] == "expired"


def test_it_is_off_where_there_is_a_real_issuer(settings: Settings) -> None:
    real = settings.model_copy(update={"oidc_issuer": "https://login.example"})
    with pytest.raises(Conflict, match=r"get tokens from https://login\.example"):
        issue(real, "marie")


def test_it_is_off_in_production_whatever_else_is_set(settings: Settings) -> None:
    with pytest.raises(Conflict, match="DWR_OIDC_ISSUER"):
        issue(settings.model_copy(update={"environment": "production"}), "marie")


def test_its_tokens_are_refused_where_there_is_a_real_issuer(settings: Settings, tmp_path: Path) -> None:
    token = issue(settings, "marie", {Role.MODERATOR})
    real = Settings(oidc_issuer="https://login.example", data_dir=tmp_path / "data")
    host = Exchangeable()
    host.app = door_app(real)
    with serving(host) as url:
        assert Door(url).refusal(token)[:2] == (401, "wrong_issuer")


def test_a_file_that_is_no_such_key_is_named(door: Door, settings: Settings) -> None:
    token = issue(settings, "marie")
    key_file(settings).write_text("no key")
    with pytest.raises(Unavailable, match=r"local-issuer-key\.pem .* remove it"):
        issue(settings, "marie")
    assert door.present(token).status_code == 503
