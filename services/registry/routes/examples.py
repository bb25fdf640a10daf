"""Examples of the OpenAPI document. A test sends each of them and expects success."""

from typing import Any

COMPANY: dict[str, Any] = {
    "title": {"fr": "Exemple Numérique SRL", "en": "Example Digital"},
    "short_description": {"fr": "Logiciels de planification pour les ateliers de production."},
    "profiles": {"company": {"digital_sector": "whole", "clients": ["b2b"]}},
    "enterprise_numbers": ["0403.227.515"],
    "nace": [{"version": "2025", "code": "62100"}],
    "size_class": "small",
    "establishments": [
        {
            "seat": True,
            "address": {
                "street": "Rue de l'Exemple",
                "house_number": "1",
                "postal_code": "5000",
                "locality": "Namur",
                "nis_code": "92094",
                "point": {"longitude": 4.8674, "latitude": 50.4669},
            },
        }
    ],
    "categories": [{"scheme": "products", "code": "planning-software"}],
    "websites": ["https://exemple-numerique.example"],
    "email": "info@exemple-numerique.example.com",
    "axes": ["1.1.1"],
    "export": {"exports": "yes", "markets": [{"country": "FR", "status": "active"}]},
    "private": {"platform_contact": {"name": "Camille Exemple", "email": "camille@exemple-numerique.example.com"}},
}
COWORKING: dict[str, Any] = {
    "title": {"fr": "Bureaux partagés de l'Exemple"},
    "short_description": {"fr": "Un espace de coworking au bord de la Meuse."},
    "profiles": {"coworking": {"desks": 24, "opening_hours": "Mo-Fr 08:30-18:00", "price_day_eur": 20.0}},
    "establishments": [
        {
            "address": {
                "street": "Quai de l'Exemple",
                "house_number": "12",
                "postal_code": "4000",
                "locality": "Liège",
                "nis_code": "62063",
                "point": {"longitude": 5.5797, "latitude": 50.6326},
            }
        }
    ],
    "categories": [{"scheme": "business_position", "code": "coworking-space"}],
    "private": {"platform_contact": {"name": "Dominique Exemple", "email": "dominique@bureaux.example.com"}},
}
DRAFT: dict[str, Any] = {"title": {"fr": "Cluster de l'Exemple"}, "profiles": {"cluster": {}}}
REGISTRATION: dict[str, Any] = {
    "company": {"summary": "A company that exports", "value": COMPANY},
    "coworking": {"summary": "A coworking space", "value": COWORKING},
    "draft": {"summary": "The least that a draft needs", "value": DRAFT},
}
PATCH: dict[str, Any] = {"short_description": {"nl": "Planningssoftware voor werkplaatsen."}, "size_class": "medium"}
ORGANISATION = "org-r7fwhdha5d4u5x7k"
SURVIVOR = "org-abcdefghijklmnop"
GRANT_ID = "grant-2mzq5xkw7tvd3n6e"
KNOWN: dict[str, Any] = {"id": ORGANISATION, "slug": "exemple-numerique-srl", "title": COMPANY["title"]}
"""How a refusal names an organisation."""
TOKEN = "1790003600000.0a3c51116d23dca0ff21ade7a15feaf587888c29cc0204f49c54be938b3b7f2d"  # noqa: S105 - opens nothing
DECISION: dict[str, Any] = {"reason": "Indiquez les heures d'ouverture de l'été."}
GRANT: dict[str, Any] = {
    "label": "keep-it-secure",
    "issuer": "Agence du Numérique",
    "criteria_version": "2026-1",
    "valid_from": "2026-11-24",
    "valid_until": "2029-11-23",
}
MERGE: dict[str, Any] = {"into": SURVIVOR, "into_version": 4}
"""The one example that needs another organisation to work: the survivor."""
MEMBERSHIP: dict[str, Any] = {"relation": "editor"}


def shown(value: dict[str, Any], summary: str) -> dict[str, Any]:
    """The `openapi_examples` of a body."""
    return {"example": {"summary": summary, "value": value}}
