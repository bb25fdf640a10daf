"""Parts of an organisation that say more than the document does: numbers, activities, links, labels, figures."""

from typing import Any

import strawberry

from graphql_api.read_model.records import Record
from graphql_api.schema.context import Info
from graphql_api.schema.mirror import mirror
from graphql_api.schema.places import AnyLanguage
from graphql_api.schema.texts import LocalisedText
from services.access.rules import Action, require
from services.events.contracts.entries import Json
from services.events.contracts.matching import label_is_valid
from services.events.contracts.organisation import LabelGrant, NaceActivity, RestrictedPart
from services.events.contracts.vocabulary import Language
from services.reference import nace
from services.reference.identifiers import EnterpriseNumber as KnownNumber


def _formatted(root: strawberry.Parent[str]) -> str:
    return str(KnownNumber(root))


def _vat(root: strawberry.Parent[str]) -> str:
    return KnownNumber(root).vat


@strawberry.type(description="Number of a registered entity in the Crossroads Bank for Enterprises (KBO/BCE).")
class EnterpriseNumber:
    """An enterprise number."""

    digits: str = strawberry.field(resolver=lambda root: root, description="Ten digits.")
    formatted: str = strawberry.field(resolver=_formatted, description="As it is shown: `0403.227.515`.")
    vat: str = strawberry.field(
        resolver=_vat, description="The VAT number; whether the entity is liable to VAT is another question."
    )


def _nace_title(root: strawberry.Parent[Json], language: AnyLanguage = Language.FR) -> LocalisedText | None:
    title = nace.title(root["version"], root["code"], language)
    return LocalisedText(language=language, text=title) if title else None


NaceActivityType = mirror(
    NaceActivity,
    title=strawberry.field(resolver=_nace_title, description="Title of the code; carried for the version 2025 only."),
)


def _is_valid(root: strawberry.Parent[Json], info: Info) -> bool:
    return label_is_valid(root, info.context.today)


LabelGrantType = mirror(
    LabelGrant, valid=strawberry.field(resolver=_is_valid, description="Whether it is valid today.")
)


def related(root: strawberry.Parent[Json], info: Info) -> Any:
    """The organisation at the other end of a link. Raises TimeLimit."""
    target = root.get("target")
    if not target:
        return None
    if info.context.deadline is not None:
        info.context.deadline.check()  # links can lead to links without end
    return info.context.state.by_id(target)


def _figure(name: str) -> Any:
    action = Action.READ_SEEKING if name == "seeking" else Action.READ_FIGURES

    def read(root: strawberry.Parent[Record], info: Info) -> Any:
        require(info.context.caller, action)
        return (root.restricted or {}).get(name)

    return read


RestrictedPartType = mirror(RestrictedPart, guard=_figure)
