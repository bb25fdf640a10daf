"""Access tokens of an OIDC issuer at the public door: who gets in as what, and why others do not."""

import base64
import hmac
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jwt
import pytest

from tests.access.contract import TokenContract
from tests.access.door import Clock, Door, door_app, open_door
from tests.access.issuer import Issuer, new_key, running_issuer
from tests.support.serving import Exchangeable, serving


@pytest.fixture(scope="module")
def _issuer() -> Iterator[Issuer]:
    with running_issuer() as running:
        yield running


@pytest.fixture
def issuer(_issuer: Issuer) -> Issuer:
    _issuer.reset()
    return _issuer


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def _hosted() -> Iterator[tuple[Exchangeable, Door]]:
    host = Exchangeable()
    with serving(host) as url:
        yield host, Door(url)


@pytest.fixture
def door(issuer: Issuer, clock: Clock, _hosted: tuple[Exchangeable, Door]) -> Door:
    host, opened = _hosted
    host.app = door_app(issuer.settings, clock)
    return opened


def encoded(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


class TestAcceptedTokens:
    @pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256", "EdDSA"])
    def test_each_allowed_algorithm_is_verified(self, door: Door, issuer: Issuer, algorithm: str) -> None:
        issuer.rotate(algorithm)
        assert door.caller(issuer.token())["subject"] == "f3b1"

    @pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256", "EdDSA"])
    def test_a_key_that_states_no_algorithm_is_used_for_those_of_its_kind(
        self, door: Door, issuer: Issuer, algorithm: str
    ) -> None:
        key = issuer.rotate(algorithm)
        issuer.keys = [{name: value for name, value in key.jwk().items() if name not in ("alg", "use")}]
        assert door.caller(issuer.token())["subject"] == "f3b1"

    def test_roles_that_are_not_ours_are_passed_over(self, door: Door, issuer: Issuer) -> None:
        caller = door.caller(issuer.token(roles=["awex", "offline_access", 7]))
        assert caller["roles"] == ["awex", "member"]

    def test_whoever_has_no_role_of_ours_is_a_member(self, door: Door, issuer: Issuer) -> None:
        assert door.caller(issuer.token(roles=None))["roles"] == ["member"]

    def test_a_front_says_which_client_site_it_is(self, door: Door, issuer: Issuer) -> None:
        assert door.caller(issuer.token(roles=["front"], front="coworking"))["front"] == "coworking"

    def test_the_audience_may_be_one_of_several(self, door: Door, issuer: Issuer) -> None:
        door.caller(issuer.token(aud=["account", "digital-wallonia-registry"]))

    def test_clocks_may_differ_by_half_a_minute(self, door: Door, issuer: Issuer) -> None:
        now = int(time.time())
        door.caller(issuer.token(exp=now - 25, nbf=now + 25, iat=now + 25))

    def test_the_media_type_may_be_written_in_full(self, door: Door, issuer: Issuer) -> None:
        door.caller(issuer.token(header={"typ": "Application/AT+JWT"}))

    def test_roles_are_found_where_the_settings_say(self, issuer: Issuer) -> None:
        settings = issuer.settings.model_copy(update={"oidc_roles_claim": "realm_access.roles"})
        with open_door(settings) as door:
            token = issuer.token(roles=["operator"], realm_access={"roles": ["awex"]})
            assert door.caller(token)["roles"] == ["awex", "member"]

    def test_a_claim_whose_name_has_dots_is_found_too(self, issuer: Issuer) -> None:
        name = "https://registry.example/roles"
        with open_door(issuer.settings.model_copy(update={"oidc_roles_claim": name})) as door:
            claims: dict[str, Any] = {name: ["awex"]}
            assert door.caller(issuer.token(**claims))["roles"] == ["awex", "member"]

    def test_token_types_are_those_of_the_settings(self, issuer: Issuer) -> None:
        with open_door(issuer.settings.model_copy(update={"oidc_token_types": ("at+jwt", "JWT")})) as door:
            door.caller(issuer.token(header={"typ": "JWT"}))


class TestRefusedTokens:
    def test_expired(self, door: Door, issuer: Issuer) -> None:
        token = issuer.token(exp=int(time.time()) - 31)
        assert door.refusal(token) == (401, "expired", "The token has expired; get a new one.")

    @pytest.mark.parametrize("claim", ["nbf", "iat"])
    def test_not_yet_valid(self, door: Door, issuer: Issuer, claim: str) -> None:
        claims: dict[str, Any] = {claim: int(time.time()) + 60}
        token = issuer.token(**claims)
        assert door.refusal(token) == (401, "not_yet_valid", "The token is not valid yet; check the clocks.")

    @pytest.mark.parametrize("audience", ["another", ["account", "another"]])
    def test_wrong_audience(self, door: Door, issuer: Issuer, audience: str | list[str]) -> None:
        status, reason, detail = door.refusal(issuer.token(aud=audience))
        assert (status, reason) == (401, "wrong_audience")
        assert "aud digital-wallonia-registry" in detail

    def test_wrong_issuer(self, door: Door, issuer: Issuer) -> None:
        status, reason, detail = door.refusal(issuer.token(iss="https://elsewhere.example"))
        assert (status, reason) == (401, "wrong_issuer")
        assert issuer.url in detail

    @pytest.mark.parametrize("algorithm", ["none", "nOnE", "", None, ["RS256"]])
    def test_no_signature_at_all(self, door: Door, issuer: Issuer, algorithm: object) -> None:
        head = encoded({"typ": "at+jwt", "alg": algorithm, "kid": issuer.key.id})
        assert door.refusal(f"{head}.{encoded(issuer.claims())}.")[:2] == (401, "wrong_algorithm")

    def test_an_algorithm_that_is_not_allowed(self, door: Door, issuer: Issuer) -> None:
        issuer.rotate("ES384")
        status, reason, detail = door.refusal(issuer.token())
        assert (status, reason) == (401, "wrong_algorithm")
        assert "RS256, PS256, ES256, EdDSA" in detail

    def test_a_shared_secret_made_of_the_public_key(self, door: Door, issuer: Issuer) -> None:
        head = encoded({"typ": "at+jwt", "alg": "HS256", "kid": issuer.key.id})
        signed = f"{head}.{encoded(issuer.claims())}".encode()
        secret = json.dumps(issuer.key.jwk()).encode()
        signature = base64.urlsafe_b64encode(hmac.digest(secret, signed, "sha256")).decode().rstrip("=")
        assert door.refusal(f"{signed.decode()}.{signature}")[:2] == (401, "wrong_algorithm")

    def test_an_algorithm_that_the_key_is_not_for(self, door: Door, issuer: Issuer) -> None:
        token = issuer.token(key=new_key("ES256"), header={"kid": issuer.key.id})
        assert door.refusal(token)[1:] == ("wrong_algorithm", "The token's key is not for the algorithm ES256.")

    def test_another_algorithm_than_the_key_states(self, door: Door, issuer: Issuer) -> None:
        token = jwt.encode(issuer.claims(), issuer.key.private, "PS256", {"typ": "at+jwt", "kid": issuer.key.id})
        assert door.refusal(token)[1] == "wrong_algorithm"

    def test_unknown_key(self, door: Door, issuer: Issuer) -> None:
        assert door.refusal(issuer.token(key=new_key("RS256"))) == (
            401,
            "unknown_key",
            "The token is signed with a key that its issuer does not publish.",
        )

    @pytest.mark.parametrize("members", [{"use": "enc"}, {"kty": "oct", "k": "c2VjcmV0"}, {"n": "AQAB"}, {"kid": 7}])
    def test_a_published_key_that_is_of_no_use(self, door: Door, issuer: Issuer, members: dict[str, object]) -> None:
        issuer.keys = [issuer.key.jwk(**members), "no key"]
        assert door.refusal(issuer.token())[:2] == (401, "unknown_key")

    def test_a_key_that_is_too_short(self, door: Door, issuer: Issuer) -> None:
        weak = new_key("RS256", bits=1024)
        issuer.keys = [weak.jwk()]
        head = encoded({"typ": "at+jwt", "alg": "RS256", "kid": weak.id})
        assert door.refusal(f"{head}.{encoded(issuer.claims())}.c2ln")[1] == "unknown_key"

    def test_bad_signature(self, door: Door, issuer: Issuer) -> None:
        forged = issuer.token(key=new_key("RS256"), header={"kid": issuer.key.id})
        assert door.refusal(forged) == (401, "bad_signature", "The token's signature is wrong.")

    def test_changed_claims(self, door: Door, issuer: Issuer) -> None:
        mine, better = issuer.token(roles=[]).split("."), issuer.token(roles=["operator"]).split(".")
        assert door.refusal(".".join([mine[0], better[1], mine[2]]))[1] == "bad_signature"

    @pytest.mark.parametrize("typ", ["JWT", "id+jwt", None, 7])
    def test_wrong_typ(self, door: Door, issuer: Issuer, typ: object) -> None:
        status, reason, detail = door.refusal(issuer.token(header={"typ": typ}))
        assert (status, reason) == (401, "wrong_type")
        assert "must be at+jwt" in detail

    @pytest.mark.parametrize(
        "token",
        [
            "abc",
            "a.b",
            "a.b.c.d.e",
            "eyJhbGciOiJSUzI1NiJ9..",
            "e30.e30.",
            "x" * 20_000,
            base64.urlsafe_b64encode(b"[" * 6_000).decode() + ".e30.c2ln",
        ],
    )
    def test_malformed(self, door: Door, token: str) -> None:
        status, reason, _detail = door.refusal(token)
        assert status == 401
        assert reason in ("malformed", "wrong_type")

    def test_a_payload_that_is_nested_without_end(self, door: Door, issuer: Issuer) -> None:
        header = issuer.token().split(".")[0]
        payload = base64.urlsafe_b64encode(b"[" * 6_000).decode().rstrip("=")
        assert door.refusal(f"{header}.{payload}.c2ln")[1] == "malformed"

    @pytest.mark.parametrize("claim", ["iss", "aud", "sub", "exp", "iat"])
    def test_a_missing_claim(self, door: Door, issuer: Issuer, claim: str) -> None:
        claims: dict[str, Any] = {claim: None}
        token = issuer.token(**claims)
        assert door.refusal(token) == (401, "missing_claim", f"The token lacks the claim {claim}.")

    def test_a_header_without_key_id(self, door: Door, issuer: Issuer) -> None:
        token = jwt.encode(issuer.claims(), issuer.key.private, "RS256", {"typ": "at+jwt"})
        assert door.refusal(token)[1:] == ("missing_claim", "The token's header does not name its key (kid).")

    @pytest.mark.parametrize(
        "claims",
        [
            {"sub": ""},
            {"sub": "x" * 256},
            {"exp": "soon"},
            {"roles": "moderator"},
            {"roles": {"moderator": True}},
            {"front": ["awex"]},
        ],
    )
    def test_a_claim_of_the_wrong_form(self, door: Door, issuer: Issuer, claims: dict[str, Any]) -> None:
        assert door.refusal(issuer.token(**claims))[:2] == (401, "malformed")

    def test_an_extension_that_must_be_understood(self, door: Door, issuer: Issuer) -> None:
        assert door.refusal(issuer.token(header={"crit": ["exp"], "exp": 1}))[1] == "malformed"

    @pytest.mark.parametrize("header", ["", "Bearer", "Basic dXNlcjpwYXNz", "token"])
    def test_a_header_that_is_no_bearer_token(self, door: Door, header: str) -> None:
        answer = door.call(header)
        assert answer.status_code == 401
        assert answer.json()["detail"] == "The header Authorization must read: Bearer <access token>."

    def test_the_answer_names_the_scheme_and_the_error(self, door: Door, issuer: Issuer) -> None:
        challenge = door.present(issuer.token(aud="another")).headers["www-authenticate"]
        assert challenge == 'Bearer realm="digital-wallonia-registry", error="invalid_token"'

    def test_no_token_is_nobody(self, door: Door) -> None:
        assert door.call(None).json() == {"subject": None, "roles": [], "front": None, "name": "anonymous"}


class TestKeys(TokenContract):
    @pytest.fixture
    def provider(self, issuer: Issuer) -> Issuer:
        return issuer

    def test_they_are_fetched_when_first_needed_and_kept(self, door: Door, issuer: Issuer) -> None:
        door.call(None)
        assert issuer.requests == 0
        for _ in range(3):
            door.caller(issuer.token())
        assert issuer.requests == 2

    def test_callers_that_come_together_cause_one_fetch(self, door: Door, issuer: Issuer) -> None:
        token = issuer.token()
        with ThreadPoolExecutor(8) as pool:
            assert len(list(pool.map(door.caller, [token] * 8))) == 8
        assert issuer.requests == 2

    def test_invented_key_ids_do_not_become_requests_to_the_issuer(
        self, door: Door, issuer: Issuer, clock: Clock
    ) -> None:
        for _ in range(5):
            assert door.refusal(issuer.token(header={"kid": "invented"}))[1] == "unknown_key"
        clock.advance(29)
        door.refusal(issuer.token(header={"kid": "invented"}))
        assert issuer.requests == 2

    def test_tokens_of_other_issuers_do_not_either(self, door: Door, issuer: Issuer) -> None:
        door.refusal(issuer.token(iss="https://elsewhere.example", header={"kid": "theirs"}))
        assert issuer.requests == 0

    def test_a_withdrawn_key_is_refused_once_the_keys_are_no_longer_fresh(
        self, door: Door, issuer: Issuer, clock: Clock
    ) -> None:
        token = issuer.token()
        door.caller(token)
        issuer.rotate()
        door.caller(token)
        clock.advance(600)
        assert door.refusal(token)[1] == "unknown_key"

    def test_an_issuer_that_is_down_is_no_fault_of_the_token(self, door: Door, issuer: Issuer) -> None:
        issuer.down = True
        answer = door.present(issuer.token())
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "5"
        assert answer.json()["type"] == "/problems/unavailable"

    def test_it_is_asked_again_soon(self, door: Door, issuer: Issuer, clock: Clock) -> None:
        issuer.down = True
        assert door.present(issuer.token()).status_code == 503
        issuer.down = False
        clock.advance(5)
        door.caller(issuer.token())

    def test_known_keys_go_on_working_while_the_issuer_is_down(self, door: Door, issuer: Issuer, clock: Clock) -> None:
        token = issuer.token()
        door.caller(token)
        issuer.down = True
        clock.advance(3600)
        door.caller(token)
        assert door.present(issuer.token(key=new_key("RS256"))).status_code == 503

    @pytest.mark.parametrize(
        "discovery",
        [
            {"issuer": "https://another.example"},
            {"jwks_uri": None},
            {"jwks_uri": "not an address"},
            {"jwks_uri": "http://["},
        ],
    )
    def test_an_issuer_that_contradicts_the_settings_is_not_believed(
        self, door: Door, issuer: Issuer, discovery: dict[str, object]
    ) -> None:
        issuer.discovery = discovery
        assert door.present(issuer.token()).status_code == 503

    @pytest.mark.parametrize("keys", [None, "no list", 7])
    def test_a_key_set_that_is_none_is_the_issuers_fault(self, door: Door, issuer: Issuer, keys: object) -> None:
        issuer.keys = keys
        assert door.present(issuer.token()).status_code == 503
