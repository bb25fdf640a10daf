"""Access tokens of a real Keycloak: the contract that the tests' own issuer passes, and what is Keycloak's alone."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from services.settings import Settings
from tests.access.contract import TokenContract
from tests.access.door import open_door
from tests.oidc.keycloak import Client, Realm, new_realm
from tests.support.waiting import eventually

pytestmark = pytest.mark.oidc

RFC_9068 = {"access.token.header.type.rfc9068": "true"}


@dataclass(frozen=True)
class Grant:
    """A way to get tokens of the realm: what the contract asks of a provider."""

    realm: Realm
    token: Callable[[], str]

    @property
    def settings(self) -> Settings:
        """Settings that name the realm."""
        return self.realm.settings

    @property
    def rotate(self) -> Callable[[], None]:
        """Put a new key before the others."""
        return lambda: self.realm.add_key("rsa-generated", algorithm="RS256", keySize="2048")


@pytest.fixture(scope="module")
def realm() -> Iterator[Realm]:
    with new_realm() as made:
        for role in ("moderator", "awex", "operator"):
            made.add_role(role)
        made.add_user(["moderator"])
        yield made


@pytest.fixture(scope="module")
def client(realm: Realm) -> Client:
    made = realm.add_client("front", **RFC_9068)
    realm.give_service_roles(made, ["moderator", "awex"])
    return made


class TestTokensOfAUser(TokenContract):
    @pytest.fixture
    def provider(self, realm: Realm, client: Client) -> Grant:
        return Grant(realm, client.user_token)


class TestTokensOfAService(TokenContract):
    @pytest.fixture
    def provider(self, realm: Realm, client: Client) -> Grant:
        return Grant(realm, client.service_token)


class TestKeycloak:
    def test_roles_are_those_of_the_account_and_no_others(self, realm: Realm, client: Client) -> None:
        with open_door(realm.settings) as door:
            assert door.caller(client.user_token())["roles"] == ["member", "moderator"]
            assert door.caller(client.service_token())["roles"] == ["awex", "member", "moderator"]

    def test_its_usual_token_type_is_refused_until_the_settings_name_it(self, realm: Realm) -> None:
        token = realm.add_client("usual").user_token()
        with open_door(realm.settings) as door:
            assert door.refusal(token)[:2] == (401, "wrong_type")
        with open_door(realm.settings.model_copy(update={"oidc_token_types": ("JWT",)})) as door:
            assert door.caller(token)["roles"] == ["member", "moderator"]

    def test_an_id_token_is_no_access_token(self, realm: Realm, client: Client) -> None:
        given = client.tokens(grant_type="client_credentials", scope="openid")
        with open_door(realm.settings) as door:
            assert door.refusal(given["id_token"])[:2] == (401, "wrong_type")
        with open_door(realm.settings.model_copy(update={"oidc_token_types": ("JWT",)})) as door:
            assert door.refusal(given["id_token"])[:2] == (401, "wrong_audience")

    @pytest.mark.parametrize(
        ("algorithm", "provider", "config"),
        [
            ("PS256", "rsa-generated", {"algorithm": "PS256"}),
            ("ES256", "ecdsa-generated", {"ecdsaEllipticCurveKey": "P-256"}),
            ("EdDSA", "eddsa-generated", {"eddsaEllipticCurveKey": "Ed25519"}),
        ],
    )
    def test_the_other_allowed_algorithms_are_verified(
        self, realm: Realm, algorithm: str, provider: str, config: dict[str, str]
    ) -> None:
        realm.add_key(provider, **config)
        signer = realm.add_client(f"signs-{algorithm}", **RFC_9068, **{"access.token.signed.response.alg": algorithm})
        with open_door(realm.settings) as door:
            assert "moderator" in door.caller(signer.user_token())["roles"]

    def test_an_algorithm_that_is_not_allowed_is_refused(self, realm: Realm) -> None:
        realm.add_key("rsa-generated", algorithm="RS512")
        signer = realm.add_client("signs-rs512", **RFC_9068, **{"access.token.signed.response.alg": "RS512"})
        with open_door(realm.settings) as door:
            assert door.refusal(signer.user_token())[:2] == (401, "wrong_algorithm")

    def test_a_token_is_accepted_until_it_expires_and_then_refused(self, realm: Realm) -> None:
        brief = realm.add_client("brief", **RFC_9068, **{"access.token.lifespan": "1"}).user_token()
        with open_door(realm.settings) as door:
            door.caller(brief)
            eventually(lambda: door.present(brief).status_code == 401, deadline_seconds=45, every=0.5)
            assert door.refusal(brief)[1] == "expired"

    def test_tokens_of_another_realm_are_refused(self, realm: Realm) -> None:
        with new_realm() as other:
            other.add_role("moderator")
            stranger = other.add_client("front", **RFC_9068)
            other.give_service_roles(stranger, ["moderator"])
            with open_door(realm.settings) as door:
                assert door.refusal(stranger.service_token())[:2] == (401, "wrong_issuer")
