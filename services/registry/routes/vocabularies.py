"""The word lists that forms are made from."""

from enum import StrEnum

from fastapi import APIRouter
from starlette.responses import Response

from services.database import reading
from services.events.contracts import profiles, vocabulary
from services.events.contracts.entries import Json
from services.events.log.reading import read_head
from services.reference import grid
from services.registry.answers import answer
from services.registry.routes.answer_examples import VOCABULARIES, answers
from services.registry.routes.bodies import Vocabularies
from services.registry.routes.context import RegistryParts

router = APIRouter(prefix="/registry/v1", tags=["vocabularies"])
_LISTS: dict[str, type[StrEnum]] = {
    "kinds": vocabulary.ActivityKind,
    "states": vocabulary.ProfileState,
    "languages": vocabulary.Language,
    "size_classes": vocabulary.SizeClass,
    "life_cycle_stages": vocabulary.LifeCycleStage,
    "relation_kinds": vocabulary.RelationKind,
    "category_schemes": vocabulary.CategoryScheme,
    "nace_versions": vocabulary.NaceVersion,
    "nace_roles": vocabulary.NaceRole,
    "exports": vocabulary.Exports,
    "market_statuses": vocabulary.MarketStatus,
    "share_sources": vocabulary.ShareSource,
    "headcount_units": vocabulary.HeadcountUnit,
    "capabilities": profiles.Capability,
    "lab_kinds": profiles.LabKind,
    "activity_statuses": profiles.ActivityStatus,
    "client_kinds": profiles.ClientKind,
    "government_levels": profiles.GovernmentLevel,
}


@router.get(
    "/vocabularies",
    operation_id="readVocabularies",
    summary="Read the word lists that documents are written with",
    response_model=Vocabularies,
    responses=answers("Each list by its name; two of them here", VOCABULARIES),
)
def read(parts: RegistryParts) -> Response:
    """The closed lists of codes, with what users see where that is decided, and the axes of the strategy's grid."""
    terms: Json = {name: [_term(word) for word in words] for name, words in _LISTS.items()}
    terms["axes"] = [{"code": axis.number, "label_fr": axis.title_fr} for axis in grid.axes().values()]
    with reading(parts.engine) as connection:
        position = read_head(connection).position
    return answer(position, {"vocabularies": terms}, Cache_Control="no-cache").response()


def _term(word: StrEnum) -> Json:
    label = word.label_fr if isinstance(word, vocabulary.ActivityKind) else None
    return {"code": word.value} | ({"label_fr": label} if label else {})
