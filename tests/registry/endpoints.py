"""Every endpoint that writes, with a request that it accepts: what bad requests are made from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.registry.routes.examples import GRANT
from tests.registry.bodies import NUMBERS, company
from tests.registry.world import BASE, World


@dataclass(frozen=True)
class Endpoint:
    """An endpoint on an organisation in a given state."""

    method: str
    path: str
    state: str = "published"
    body: Mapping[str, Any] | None = None
    body_needed: bool = True
    who: str = "moderator"
    allowed: frozenset[str] = frozenset({"moderator"})
    """Callers among moderator, owner, editor who may."""

    @property
    def name(self) -> str:
        """How the test is called."""
        return f"{self.method} {self.path or '/'}"


_MEMBERS = frozenset({"moderator", "owner", "editor"})
_OWNERS = frozenset({"moderator", "owner"})
REASON = {"reason": "Il manque une adresse."}
ON_ORGANISATION = (
    Endpoint("PATCH", "", body={"phone": "081778080"}, allowed=_MEMBERS),
    Endpoint("POST", "/submit", state="draft", allowed=_MEMBERS),
    Endpoint("POST", "/publish", state="submitted"),
    Endpoint("POST", "/reject", state="submitted", body=REASON),
    Endpoint("POST", "/request-information", body=REASON),
    Endpoint("POST", "/confirm", allowed=_MEMBERS),
    Endpoint("POST", "/archive", body=REASON, body_needed=False, allowed=_OWNERS),
    Endpoint("POST", "/merge", body={"into": "<survivor>"}),
    Endpoint("POST", "/labels", body=GRANT),
    Endpoint("DELETE", "/labels/<grant>"),
    Endpoint("PUT", "/members/somebody", body={"relation": "editor"}, allowed=_OWNERS),
    Endpoint("DELETE", "/members/editor", allowed=_OWNERS),
)


@dataclass
class Prepared:
    """An endpoint whose organisation stands ready."""

    world: World
    endpoint: Endpoint
    id: str
    version: int
    names: dict[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Where to send requests."""
        return f"{BASE}/{self.id}{self._filled(self.endpoint.path)}"

    @property
    def body(self) -> Any:
        """A body that is accepted."""
        if self.endpoint.body is None:
            return None
        return {
            name: self._filled(value) if isinstance(value, str) else value for name, value in self.endpoint.body.items()
        }

    @property
    def callers(self) -> dict[str, dict[str, str]]:
        """Headers of each caller."""
        subjects = {name: self.world.token(name) for name in ("owner", "editor", "stranger")}
        return {"moderator": self.world.moderator, **subjects}

    @property
    def headers(self) -> dict[str, str]:
        """Headers that are accepted."""
        return {**self.callers[self.endpoint.who], "If-Match": f'"{self.version}"'}

    def _filled(self, text: str) -> str:
        for name, value in self.names.items():
            text = text.replace(f"<{name}>", value)
        return text


def prepare(world: World, endpoint: Endpoint) -> Prepared:
    """An organisation in the endpoint's state, with an editor, a label and a possible survivor beside it."""
    registered = world.register(company("Maison mère", NUMBERS[0]))
    prepared = Prepared(world, endpoint, registered["organisation"]["id"], 1)
    add_editor = {**world.owner, "If-Match": '"1"'}
    address = f"{BASE}/{prepared.id}"
    assert world.client.put(f"{address}/members/editor", json={"relation": "editor"}, headers=add_editor).is_success
    for move in {"draft": (), "submitted": ("submit",), "published": ("submit", "publish")}[endpoint.state]:
        headers = {**world.moderator, "If-Match": f'"{prepared.version}"'}
        assert world.client.post(f"{address}/{move}", headers=headers).is_success
        prepared.version += 1
    if "<grant>" in endpoint.path:
        headers = {**world.moderator, "If-Match": f'"{prepared.version}"'}
        granted = world.client.post(f"{address}/labels", json=GRANT, headers=headers).json()
        prepared.names["grant"] = granted["organisation"]["labels"][0]["id"]
        prepared.version += 1
    prepared.names["survivor"] = world.publish(company("Tout autre", NUMBERS[1])).id
    return prepared
