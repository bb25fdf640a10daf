"""What holds for tokens of every issuer: the small one of the tests and a real one."""

from collections.abc import Callable
from typing import Any, Protocol

import pytest

from services.settings import Settings
from tests.access.door import Clock, open_door


class Provider(Protocol):
    """An issuer of tokens, as far as the contract needs one."""

    @property
    def settings(self) -> Settings:
        """Settings that name it."""
        ...

    @property
    def token(self) -> Callable[..., str]:
        """Makes a token; without arguments a good one of a moderator."""
        ...

    @property
    def rotate(self) -> Callable[[], Any]:
        """Sign with a new key from now on."""
        ...


class TokenContract:
    """Tests that need a fixture `provider`."""

    def test_a_good_token_opens_the_door_with_its_roles(self, provider: Provider) -> None:
        with open_door(provider.settings) as door:
            caller = door.caller(provider.token())
        assert "moderator" in caller["roles"]
        assert caller["subject"]

    def test_a_token_for_another_audience_is_refused(self, provider: Provider) -> None:
        other = provider.settings.model_copy(update={"oidc_audience": "something-else"})
        with open_door(other) as door:
            assert door.refusal(provider.token())[:2] == (401, "wrong_audience")

    def test_a_token_of_a_type_that_is_not_accepted_is_refused(self, provider: Provider) -> None:
        other = provider.settings.model_copy(update={"oidc_token_types": ("something+jwt",)})
        with open_door(other) as door:
            assert door.refusal(provider.token())[:2] == (401, "wrong_type")

    def test_a_key_that_comes_by_rotation_is_accepted_after_the_cooldown(self, provider: Provider) -> None:
        clock = Clock()
        with open_door(provider.settings, clock) as door:
            door.caller(provider.token())
            provider.rotate()
            assert door.refusal(provider.token())[:2] == (401, "unknown_key")
            clock.advance(30)
            assert "moderator" in door.caller(provider.token())["roles"]

    @pytest.mark.parametrize("part", [0, 1, 2])
    def test_a_token_with_a_changed_letter_is_refused(self, provider: Provider, part: int) -> None:
        parts = provider.token().split(".")
        middle = len(parts[part]) // 2
        parts[part] = parts[part][:middle] + ("A" if parts[part][middle] != "A" else "B") + parts[part][middle + 1 :]
        with open_door(provider.settings) as door:
            assert door.refusal(".".join(parts))[0] == 401
