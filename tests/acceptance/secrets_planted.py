"""Organisations with a value in every part that is not for everybody, each to be found again wherever it comes out."""

import json
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.acceptance import examples
from tests.acceptance.processes import Installation

FIGURE = "7654321"
"""A restricted figure: internal readers are told, others are not."""
REASON = "Planted-Reason"
SUBJECT = "planted-subject"
"""Of the access tokens of those who write."""
CONTACT = {"name": "Planted-Contact", "email": "planted.contact@example.org", "phone": "+32475987654"}
PRIVATE: dict[str, Any] = {
    "platform_contact": CONTACT,
    "founders": ["Planted-Founder"],
    "headcount": {"count": 8_123_457, "unit": "persons", "year": 2025},
    "occupancy_percent": 61.0907,
}
PERSON: dict[str, Any] = {
    "enterprise_numbers": ["0401574852"],
    "email": "planted.trader@example.org",
    "phone": "+32475123987",
    "establishments": [
        {
            "number": "2000000339",
            "address": {
                "street": "Rue Planted-Street", "house_number": "12", "postal_code": "5000", "nis_code": "92094",
                "point": {"longitude": 4.867411, "latitude": 50.466922},
            },
        }
    ],
    "export": {"exports": "yes", "contact": {"role": "Ventes", "email": "planted.export@example.org"}},
}  # fmt: skip
"""What a natural person who does not want to be shown hides of what is public of others."""
ANGEL = "Planted-Angel"
"""Title of a business angel who is not shown at all."""
NEVER = (
    *("Planted-Contact", "planted.contact", "475987654", "Planted-Founder", "8123457", "61.0907", REASON, SUBJECT),
    *("planted.trader", "475123987", "2000000339", "Planted-Street", "4.867411", "50.466922", "planted.export"),
    *("0401574852", "0401.574.852", ANGEL, ANGEL.lower()),
)
"""What no outlet may give, in any view."""


@dataclass
class Story:
    """What happens to them, over the registry's API."""

    registry: str
    installation: Installation
    request_id: str = "merge-of-the-two"
    ids: dict[str, str] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.owner = self.installation.token(SUBJECT)
        self.moderator = self.installation.token(f"{SUBJECT}-2", "moderator")

    def tell(self) -> None:
        """A merge, a person, an angel, one who withdraws the consent, and a draft."""
        self.register("survivor", "Atelier du Survivant")
        self.register("merged", "Bureaux de l'Autre")
        self.send("merged", "merge", {"into": self.ids["survivor"]}, **{"X-Request-Id": self.request_id})
        self.register("person", "Artisan Discret", natural_person=True, **PERSON)
        self.send("person", "request-information", {"reason": REASON})
        self.register("angel", ANGEL, natural_person=True, profiles={"investor": {}})
        self.register("draft", f"{ANGEL} Second", publish=False, **PERSON | {"enterprise_numbers": []})
        self.register("erased", "Artisane Retirée", natural_person=True, display_consent=True, size_class="micro")
        self.patch("erased", {"private": {"display_consent": False}})
        self.patch("person", {"restricted": {"turnover": {"eur": float(FIGURE) + 1, "year": 2025}}})
        self.send("person", "archive", {"reason": REASON})

    def register(self, name: str, title: str, *, publish: bool = True, **more: Any) -> None:
        """Enter one, with everything that is not for everybody."""
        consent = {key: more.pop(key) for key in ("natural_person", "display_consent") if key in more}
        body = examples.coworking(title) | {"private": PRIVATE | consent} | more
        body["restricted"] = {"turnover": {"eur": float(FIGURE), "year": 2025}}
        if not publish:
            body["establishments"] = []
        answer = httpx.post(
            f"{self.registry}/registry/v1/organisations",
            json=body,
            headers=self.moderator if publish else self.owner,
            params={"publish": "true"} if publish else {},
        )
        assert answer.status_code == 201, answer.text
        self.ids[name], self.versions[name] = answer.json()["organisation"]["id"], answer.json()["version"]

    def send(self, name: str, move: str, body: dict[str, Any], **headers: str) -> None:
        """One of the moves, as a moderator."""
        self._write("POST", name, f"/{move}", body, headers)

    def patch(self, name: str, patch: dict[str, Any]) -> None:
        """A change, as a moderator."""
        self._write("PATCH", name, "", patch, {})

    def _write(self, method: str, name: str, path: str, body: Any, headers: dict[str, str]) -> None:
        address = f"{self.registry}/registry/v1/organisations/{self.ids[name]}{path}"
        sent = {**self.moderator, "If-Match": f'"{self.versions[name]}"', **headers}
        answer = httpx.request(method, address, json=body, headers=sent)
        assert answer.is_success, answer.text
        self.versions[name] = answer.json()["version"]


def found(values: tuple[str, ...], texts: dict[str, str]) -> list[str]:
    """Which of the values are where, also as JSON writes letters that are not ASCII."""
    return [
        f"{value} in {name}" for value in values for name, text in texts.items() if value in text + json.dumps(text)
    ]
