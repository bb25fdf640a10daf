"""Organisations to register in tests, each different enough to look like no other."""

from typing import Any

from services.registry.routes.examples import COMPANY, COWORKING, DRAFT

NUMBERS = ("0403227515", "0202239951", "0404616494", "0401574852")
"""Enterprise numbers that can exist."""


def company(title: str = "Exemple Numérique", number: str | None = NUMBERS[0], **more: Any) -> dict[str, Any]:
    """A complete company."""
    own = {"title": {"fr": title}, "enterprise_numbers": [number] if number else [], "websites": []}
    return {**COMPANY, **own, **more}


def coworking(title: str = "Bureaux partagés", **more: Any) -> dict[str, Any]:
    """A complete coworking space."""
    return {**COWORKING, "title": {"fr": title}, **more}


def draft(title: str = "Cluster", **more: Any) -> dict[str, Any]:
    """The least that a draft needs."""
    return {**DRAFT, "title": {"fr": title}, **more}


def at_namur(**more: Any) -> dict[str, Any]:
    """An address in Namur."""
    return {"postal_code": "5000", "nis_code": "92094", "point": {"longitude": 4.8674, "latitude": 50.4669}, **more}
