"""An organisation as its owner would write it, complete enough to be published."""

from typing import Any

PRIVATE_NAME = "Zoé Planted-Private"
PRIVATE_EMAIL = "zoe.planted.private@example.org"
PRIVATE_FIGURE = 7_654_321


def coworking(title: str = "Le Hangar des Tisserands") -> dict[str, Any]:
    """A coworking space in Namur, with private values that no outlet may show."""
    return {
        "title": {"fr": title, "en": f"{title} (coworking)"},
        "short_description": {"fr": "Espace de coworking à deux pas de la gare."},
        "profiles": {"coworking": {"desks": 24, "opening_hours": "Mo-Fr 08:00-18:00", "price_day_eur": 18.0}},
        "establishments": [
            {
                "seat": True,
                "address": {
                    "street": "Rue des Tisserands",
                    "house_number": "12",
                    "postal_code": "5000",
                    "locality": "Namur",
                    "nis_code": "92094",
                    "point": {"longitude": 4.8624, "latitude": 50.4674},
                },
            }
        ],
        "categories": [{"scheme": "products", "code": "coworking"}],
        "private": {
            "platform_contact": {"name": PRIVATE_NAME, "email": PRIVATE_EMAIL},
            "headcount": {"count": PRIVATE_FIGURE, "unit": "persons", "year": 2025},
            "occupancy_percent": 61.0,
        },
    }
