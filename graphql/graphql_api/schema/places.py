"""Communes and provinces, and the addresses that name them."""

from typing import Annotated

import strawberry

from graphql_api.schema.mirror import mirror
from graphql_api.schema.scalars import ProvinceCode
from graphql_api.schema.texts import LocalisedText, in_every_language, in_language
from services.events.contracts.entries import Json
from services.events.contracts.places import Address, Establishment
from services.events.contracts.vocabulary import Language
from services.reference.communes import Commune as KnownCommune
from services.reference.communes import follow
from services.reference.identifiers import EstablishmentNumber as KnownNumber
from services.reference.provinces import Province as KnownProvince

AnyLanguage = Annotated[
    Language,
    strawberry.argument(description="Where the text does not exist in it, another language is shown and named."),
]


def _province_name(root: strawberry.Parent[KnownProvince], language: AnyLanguage = Language.FR) -> LocalisedText:
    return LocalisedText(language=language, text=root.name_in(language))


@strawberry.type(description="A province (Province).")
class Province:
    """A province of Wallonia."""

    code: ProvinceCode = strawberry.field(resolver=lambda root: root, description="ISO 3166-2.")
    name: LocalisedText = strawberry.field(resolver=_province_name)


def _names(commune: KnownCommune) -> Json:
    return {"fr": commune.name_fr, "nl": commune.name_nl, "de": commune.name_de}


def _commune_name(root: strawberry.Parent[KnownCommune], language: AnyLanguage = Language.FR) -> LocalisedText:
    return in_language(_names(root), language)


def _commune_names(root: strawberry.Parent[KnownCommune]) -> list[LocalisedText]:
    return in_every_language(_names(root))


@strawberry.type(description="A commune (Commune) under the NIS code that is valid today.")
class Commune:
    """A commune of Wallonia."""

    nis_code: str
    name: LocalisedText = strawberry.field(resolver=_commune_name)
    names: list[LocalisedText] = strawberry.field(
        resolver=_commune_names, description="The official names: not every commune has one in each language."
    )
    province: Province
    postal_codes: list[str]


def _commune_of(root: strawberry.Parent[Json]) -> Commune | None:
    code = root.get("nis_code")
    if code is None or root["country"] != "BE":
        return None
    try:
        return follow(code)  # type: ignore[return-value] # the source of a Commune
    except ValueError:  # a commune of another region
        return None


def _formatted(root: strawberry.Parent[str]) -> str:
    return str(KnownNumber(root))


@strawberry.type(description="Number of an establishment unit in the Crossroads Bank for Enterprises (KBO/BCE).")
class EstablishmentNumber:
    """An establishment number."""

    digits: str = strawberry.field(resolver=lambda root: root, description="Ten digits.")
    formatted: str = strawberry.field(resolver=_formatted, description="As it is shown: `2.000.000.339`.")


AddressType = mirror(
    Address,
    commune=strawberry.field(
        resolver=_commune_of, description="The commune of today, also where the address has an older NIS code."
    ),
)
EstablishmentType = mirror(
    Establishment,
    number=strawberry.field(resolver=lambda root: root.get("number"), graphql_type=EstablishmentNumber | None),
)
