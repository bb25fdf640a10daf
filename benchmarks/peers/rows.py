"""An organisation as rows of the tables in `tables.sql`, by table."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from unicodedata import combining, normalize

import orjson

from benchmarks.organisations import DAY
from graphql_api.read_model.defaults import complete
from graphql_api.read_model.facts import Dimension, Facts, Order, facts_of
from services.events.contracts.entries import Current, Json
from services.reference.communes import communes_on

Row = tuple[Any, ...]

COLUMNS = {
    "commune": "nis_code, name, province",
    "organisation": (
        "key, public_id, slug, version, state, registered_on, last_validated_on, title, short_description, description,"
        " kinds, size_class, life_cycle_stage, email, phone, websites, fronts, axes, enterprise_numbers, exports,"
        " export_share, export_share_year, export_share_source, working_languages, sort_title, names, provinces,"
        " active_markets, category_codes"
    ),
    "nace": "organisation_key, place, version, code, role",
    "category": "organisation_key, place, scheme, code",
    "label_grant": "organisation_key, place, label, issuer, valid_from, valid_until",
    "establishment": (
        "organisation_key, place, seat, phone, street, house_number, postal_code, locality, nis_code, longitude,"
        " latitude"
    ),
    "export_market": "organisation_key, place, country, status, share_percent, since",
    "relation": "organisation_key, place, kind, since, target_name, target_id",
}
"""The tables in the order of loading, and what each row has."""


def communes() -> list[Row]:
    """The rows of the table `commune`."""
    return [(commune.nis_code, commune.name_fr, commune.province.value) for commune in communes_on(DAY)]


def rows_of(organisations: Iterable[tuple[int, Current]]) -> dict[str, list[Row]]:
    """The rows of these organisations, each with its key."""
    rows: dict[str, list[Row]] = defaultdict(list)
    for key, current in organisations:
        document = complete(current.document)
        facts = facts_of(current.subject.id, document, None, DAY)
        rows["organisation"].append((key, current.subject.id, *_organisation(document, current.version, facts)))
        for table, lines in _lists(document).items():
            rows[table] += ((key, place, *line) for place, line in enumerate(lines))
    return rows


def _organisation(document: Json, version: int, facts: Facts) -> Row:
    export = document.get("export") or {}
    share = export.get("share") or {}
    return (
        *(document["slug"], version, document["state"], document["registered_on"], document.get("last_validated_on")),
        *(_json(document.get(name)) for name in ("title", "short_description", "description")),
        _values(facts, Dimension.KIND),
        *(document.get(name) for name in ("size_class", "life_cycle_stage", "email", "phone")),
        *(list(document[name]) for name in ("websites", "fronts", "axes", "enterprise_numbers")),
        *(export.get("exports"), share.get("percent"), share.get("year"), share.get("source")),
        list(export.get("working_languages", ())),
        *(_sort_title(facts), _names(document["title"])),
        *(_values(facts, dimension) for dimension in (Dimension.PROVINCE, Dimension.ACTIVE_MARKET, Dimension.CATEGORY)),
    )


def _json(texts: Json | None) -> str | None:
    return None if texts is None else orjson.dumps(texts).decode()


def _values(facts: Facts, wanted: Dimension) -> list[str]:
    return sorted(term.value for term in facts.held if term.dimension is wanted)


def _sort_title(facts: Facts) -> str:
    return facts.keys[list(Order).index(Order.TITLE)]


def _names(titles: Json) -> str:
    """Every title once, without case and accents, as `unaccent` makes the text that is looked for."""
    plain = (normalize("NFKD", title.lower()) for title in titles.values())
    return " ".join(sorted({"".join(letter for letter in title if not combining(letter)) for title in plain}))


def _lists(document: Json) -> dict[str, list[Row]]:
    markets = (document.get("export") or {}).get("markets", [])
    return {
        "nace": [(found["version"], found["code"], found["role"]) for found in document["nace"]],
        "category": [(found["scheme"], found["code"]) for found in document["categories"]],
        "label_grant": [_taken(found, "label issuer valid_from valid_until") for found in document["labels"]],
        "establishment": [_establishment(found) for found in document["establishments"]],
        "export_market": [_taken(found, "country status share_percent since") for found in markets],
        "relation": [_taken(found, "kind since target_name target") for found in document["relations"]],
    }


def _establishment(found: Json) -> Row:
    address = found["address"]
    point = address.get("point") or {}
    return (
        *_taken(found, "seat phone"),
        *_taken(address, "street house_number postal_code locality nis_code"),
        *_taken(point, "longitude latitude"),
    )


def _taken(document: Json, names: str) -> Row:
    return tuple(document.get(name) for name in names.split())
