"""A realm in the Keycloak that the environment names: made for one test run, removed afterwards."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from services.settings import Settings
from tests.support.servers import required

AUDIENCE = "digital-wallonia-registry"
USER = {"username": "marie", "password": secrets.token_hex(16)}
_TIMEOUT_SECONDS = 60


class Realm:
    """One realm, through Keycloak's administration API."""

    def __init__(self, admin: httpx.Client, name: str) -> None:
        self._admin = admin
        self.name = name
        self.url = f"{str(admin.base_url).rstrip('/')}/realms/{name}"

    @property
    def settings(self) -> Settings:
        """Settings that name this realm, as the guide says for Keycloak."""
        return Settings(oidc_issuer=self.url, oidc_roles_claim="realm_access.roles")

    def add_role(self, role: str) -> None:
        """Add a realm role."""
        self._post("roles", {"name": role})

    def add_client(self, name: str, **attributes: str) -> "Client":
        """Add a confidential client for both grants, with our audience in its tokens and the service's own roles."""
        client = Client(self, name, secrets.token_hex(16))
        audience = {"included.custom.audience": AUDIENCE, "access.token.claim": "true", "id.token.claim": "false"}
        mapper = {"name": "audience", "protocol": "openid-connect", "protocolMapper": "oidc-audience-mapper"}
        self._post(
            "clients",
            {
                "clientId": name,
                "secret": client.secret,
                "publicClient": False,
                "standardFlowEnabled": False,
                "directAccessGrantsEnabled": True,
                "serviceAccountsEnabled": True,
                "attributes": attributes,
                "protocolMappers": [mapper | {"config": audience}],
            },
        )
        return client

    def add_user(self, roles: Sequence[str]) -> None:
        """Add the user; without mail address and names Keycloak takes the account for unfinished."""
        credentials = [{"type": "password", "value": USER["password"], "temporary": False}]
        person = {"email": "marie@example.org", "emailVerified": True, "firstName": "Marie", "lastName": "Exemple"}
        self._post("users", {"username": USER["username"], "enabled": True, "credentials": credentials} | person)
        self._give_roles(self._get("users", username=USER["username"])[0]["id"], roles)

    def give_service_roles(self, client: "Client", roles: Sequence[str]) -> None:
        """Give the client's own account these roles."""
        identifier = self._get("clients", clientId=client.name)[0]["id"]
        self._give_roles(self._get(f"clients/{identifier}/service-account-user")["id"], roles)

    def add_key(self, provider: str, **config: str) -> None:
        """Add a signing key that comes before those that are there."""
        priority = str(secrets.randbelow(10**6) + self._highest_priority() + 1)
        wanted = {"priority": priority, "enabled": "true", "active": "true"} | config
        self._post(
            "components",
            {
                "name": f"key-{secrets.token_hex(4)}",
                "providerId": provider,
                "providerType": "org.keycloak.keys.KeyProvider",
                "config": {name: [value] for name, value in wanted.items()},
            },
        )

    def _highest_priority(self) -> int:
        return max(int(key.get("providerPriority", 0)) for key in self._get("keys")["keys"])

    def _give_roles(self, account: str, roles: Sequence[str]) -> None:
        wanted = [self._get(f"roles/{role}") for role in roles]
        self._post(f"users/{account}/role-mappings/realm", wanted)

    def _post(self, path: str, document: Any) -> None:
        self._admin.post(f"/admin/realms/{self.name}/{path}", json=document).raise_for_status()

    def _get(self, path: str, **query: str) -> Any:
        return self._admin.get(f"/admin/realms/{self.name}/{path}", params=query).raise_for_status().json()


@dataclass(frozen=True)
class Client:
    """A client of the realm, and the tokens that it is given."""

    realm: Realm
    name: str
    secret: str

    def service_token(self) -> str:
        """An access token of the client itself."""
        return str(self.tokens(grant_type="client_credentials")["access_token"])

    def user_token(self) -> str:
        """An access token of the user."""
        return str(self.tokens(grant_type="password", **USER)["access_token"])

    def tokens(self, **form: str) -> dict[str, Any]:
        """The answer of the token endpoint."""
        credentials = {"client_id": self.name, "client_secret": self.secret}
        answer = httpx.post(
            f"{self.realm.url}/protocol/openid-connect/token", data=credentials | form, timeout=_TIMEOUT_SECONDS
        )
        found: dict[str, Any] = answer.raise_for_status().json()
        return found


@contextmanager
def new_realm() -> Iterator[Realm]:
    """An empty realm."""
    name = f"test-{secrets.token_hex(4)}"
    with httpx.Client(base_url=required("DWR_TEST_KEYCLOAK_URL"), timeout=_TIMEOUT_SECONDS, auth=_as_admin) as admin:
        admin.post("/admin/realms", json={"realm": name, "enabled": True, "sslRequired": "none"}).raise_for_status()
        try:
            yield Realm(admin, name)
        finally:
            admin.delete(f"/admin/realms/{name}").raise_for_status()


def _as_admin(request: httpx.Request) -> httpx.Request:
    """A fresh administrator's token for each call: they live for a minute only."""
    form = {
        "grant_type": "password",
        "client_id": "admin-cli",
        "username": required("DWR_TEST_KEYCLOAK_ADMIN"),
        "password": required("DWR_TEST_KEYCLOAK_PASSWORD"),
    }
    address = f"{required('DWR_TEST_KEYCLOAK_URL')}/realms/master/protocol/openid-connect/token"
    answer = httpx.post(address, data=form, timeout=_TIMEOUT_SECONDS).raise_for_status()
    request.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
    return request
