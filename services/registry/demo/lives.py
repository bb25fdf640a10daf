"""How the organisations of the demo came to their state: the steps that the log tells of each.

Most were published at once. Every state is there, and each was reached by legal steps (`services.registry.lifecycle`).
"""

from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from services.events.contracts.catalogue import Event
from services.events.contracts.texts import Title
from services.registry.bulk import Step
from services.registry.demo import names, spaces
from services.registry.demo.draw import between, chance, pick
from services.registry.demo.scene import Document, Scene
from services.registry.slugs import slug_from

Maker = Callable[[Scene], Document]
_STALE_EVERY = 61
_INCOMPLETE_EVERY = 89
_LONGEST_DAYS = 3_000
"""How long the registry has existed, in the demo's story."""
_EPN_LABEL_SHARE = 0.8
_SECURITY = "cybersecurity"
_SECURITY_LABEL_SHARE = 0.15


Life = list[Step]
"""The steps of an organisation, or of two that were merged, in their order."""


def published(scene: Scene, make: Maker) -> Life:
    """An organisation that is public; some wait to be confirmed or to be completed."""
    document = _document(scene, make, "published")
    life = [Step(Event.REGISTERED, document)]
    if labels := _labels(scene, document):
        life.append(Step(Event.LABEL_GRANTED, _with(document, labels=labels)))
    if scene.number % _STALE_EVERY == 7:  # noqa: PLR2004 - any remainder does
        life.append(Step(Event.WENT_STALE, _with(life[-1].document, state="stale")))
    elif scene.number % _INCOMPLETE_EVERY == 11:  # noqa: PLR2004 - any remainder does
        life.append(Step(Event.INFORMATION_REQUESTED, _with(life[-1].document, state="needs_information")))
    return life


def waiting(scene: Scene, make: Maker) -> Life:
    """An organisation that is not public yet, or not any more: draft, submitted, rejected, archived in turn."""
    turn = scene.place % 8
    if turn >= 6:  # noqa: PLR2004 - the last two of eight
        document = _document(scene, make, "published")
        return [Step(Event.REGISTERED, document), Step(Event.ARCHIVED, _with(document, state="archived"))]
    document = _document(scene, make, "draft")
    life = [Step(Event.REGISTERED, document)]
    if turn >= 3:  # noqa: PLR2004 - the second three
        document = _with(document, state="submitted", last_validated_on=document["registered_on"])
        life.append(Step(Event.SUBMITTED, document))
    if turn == 5:  # noqa: PLR2004 - one of eight
        life.append(Step(Event.REJECTED, _with(document, state="rejected")))
    return life


def merged(survivor: Scene, other: Scene, make: Maker) -> Life:
    """Two entries of one organisation, under its old and its new name, and how the second went into the first."""
    kept, gone = _document(survivor, make, "published"), _document(other, make, "published")
    gone.pop("enterprise_numbers")
    gone["short_description"] = kept["short_description"]
    gone["establishments"] = [{"address": place["address"]} for place in kept["establishments"]]
    absorbed = _with(kept, former_slugs=[gone["slug"]], merged_from=[gone["id"]])
    left = _with(gone, state="merged") | {"merged_into": kept["id"]}
    return [
        Step(Event.REGISTERED, kept),
        Step(Event.REGISTERED, gone),
        Step(Event.MERGED, left, redirect=kept["id"]),
        Step(Event.ABSORBED, absorbed, follows_from_last=True),
    ]


def _document(scene: Scene, make: Maker, state: str) -> Document:
    content = make(scene)
    age_days = between(scene.random, 20, _known_for_days(scene, content))
    managed: Document = {
        "id": scene.id,
        "slug": _slug(content["title"]["fr"], scene.root),
        "state": state,
        "registered_on": scene.days_ago(age_days),
    }
    if state != "draft":
        managed["last_validated_on"] = _validated(scene, age_days)
    return managed | content


def _known_for_days(scene: Scene, content: Document) -> int:
    """Days since it was founded, as far as that is said: it was not registered before."""
    profiles = content["profiles"]
    founded = profiles.get("start_up", {}).get("founded_on") or content.get("official", {}).get("started_on")
    return min(_LONGEST_DAYS, (scene.on - date.fromisoformat(founded)).days) if founded else _LONGEST_DAYS


def _validated(scene: Scene, age_days: int) -> str:
    """A day on which somebody said that it is true: within the year, but for those that went stale."""
    if scene.number % _STALE_EVERY == 7:  # noqa: PLR2004 - as above
        return scene.some_day(500, 1_200)
    return scene.some_day(0, min(age_days, 330))


def _slug(title: str, root: str) -> str:
    """The slug that the registry gives to the title; what the titles of a kind have in common is folded once."""
    return _slug_around(title.replace(root, _ROOT, 1)).replace(_ROOT, root.lower(), 1)


_ROOT = "0root0"
"""Stands for the made-up word."""


@lru_cache(maxsize=4_096)
def _slug_around(title: str) -> str:
    return slug_from(Title(fr=title))


_FIRST = ("id", "slug", "former_slugs", "merged_from", "state", "labels", "registered_on", "last_validated_on")


def _with(document: Document, **changed: Any) -> Document:
    """The document with members changed, in the order in which the model declares them."""
    whole = document | changed
    return {name: whole[name] for name in _FIRST if name in whole} | whole


def _labels(scene: Scene, document: Document) -> list[Document]:
    epn = document["profiles"].get("epn")
    if epn and spaces.fulfils_epn_label(epn) and chance(scene.random, _EPN_LABEL_SHARE):
        return [_grant(scene, spaces.LABEL_EPN, "Agence du Numérique", years=None)]
    technologies = {category["code"] for category in document["categories"]}
    if _SECURITY in technologies and chance(scene.random, _SECURITY_LABEL_SHARE):
        return [_grant(scene, "keep_it_secure", "Agence du Numérique", years=3)]
    return []


def _grant(scene: Scene, label: str, issuer: str, years: int | None) -> Document:
    """A grant; some of those that have an end are over already."""
    since = scene.on - timedelta(days=between(scene.random, 30, 1_400))
    grant: Document = {
        "id": names.identifier("grant", scene.number, scene.seed),
        "label": label,
        "issuer": issuer,
        "criteria_version": pick(scene.random, ("2023", "2025")),
        "valid_from": since.isoformat(),
    }
    if years:
        grant["valid_until"] = _same_day(since, years).isoformat()
    return grant


def _same_day(since: date, years: int) -> date:
    """The last day of so many years that begin on that day."""
    return since + timedelta(days=365 * years - 1)
