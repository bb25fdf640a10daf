"""What a write answers: the organisation as it is now, or the problem, one type a family."""

from typing import Annotated, Any, TypeAlias

import strawberry

from graphql_api.schema.context import Info
from graphql_api.schema.organisation import Organisation
from graphql_api.schema.texts import LocalisedText, in_every_language
from services.events.contracts.entries import Json
from services.events.contracts.position import Position


@strawberry.type(description="One wrong field.")
class FieldProblem:
    """A field error of the registry."""

    pointer: str = strawberry.field(description="JSON pointer into the content sent; `header:…` for other arguments.")
    code: str
    detail: str = strawberry.field(description="What to write instead.")


def _candidate_titles(root: strawberry.Parent[Json]) -> list[LocalisedText]:
    return in_every_language(root["title"])


@strawberry.type(description="An organisation that looks like the one sent.")
class DuplicateCandidate:
    """A candidate of the registry."""

    id: strawberry.ID
    slug: str
    titles: list[LocalisedText] = strawberry.field(resolver=_candidate_titles)
    why: list[str] = strawberry.field(description="What is alike.")
    score: float


@strawberry.interface(description="Why a write was refused. Nothing was written.")
class Problem:
    """A problem document of the registry; sources are the documents themselves."""

    code: str
    status: int = strawberry.field(description="Status of the registry's HTTP answer.")
    title: str
    detail: str = strawberry.field(description="A sentence that names the remedy.")
    errors: list[FieldProblem] = strawberry.field(description="The wrong fields, where there are some.")


@strawberry.type(description="Somebody else changed it meanwhile: read again, then repeat the change.")
class StaleVersion(Problem):
    """412."""

    version: int = strawberry.field(description="The present version.")


@strawberry.type(description="The registry has organisations that look like this one.")
class LikelyDuplicate(Problem):
    """409."""

    candidates: list[DuplicateCandidate]
    confirmation_token: str = strawberry.field(description="Send it with the same content to register all the same.")


@strawberry.type(description="The profile's state does not allow this.")
class IllegalTransition(Problem):
    """409."""

    state: str
    legal: list[str] = strawberry.field(description="What the state allows.")


@strawberry.type(description="Fields of the content are wrong: `errors` names each.")
class InvalidContent(Problem):
    """422."""


@strawberry.type(description="Another organisation has this enterprise or establishment number.")
class NumberTaken(Problem):
    """409."""


@strawberry.type(description="The slug is, or was, another organisation's.")
class SlugTaken(Problem):
    """409."""


@strawberry.type(description="The caller is known and may not do this, or sent no valid access token.")
class Forbidden(Problem):
    """401 and 403."""


@strawberry.type(description="There is no such organisation, or the caller may not know that there is.")
class NotFound(Problem):
    """404."""


@strawberry.type(description="Any other problem: `code` names its type.")
class OtherProblem(Problem):
    """Every other status."""


_TYPES: dict[str, type[Problem]] = {
    "stale-version": StaleVersion,
    "likely-duplicate": LikelyDuplicate,
    "illegal-transition": IllegalTransition,
    "invalid-content": InvalidContent,
    "number-taken": NumberTaken,
    "slug-taken": SlugTaken,
    "forbidden": Forbidden,
    "unauthenticated": Forbidden,
    "not-found": NotFound,
}


async def _written(root: strawberry.Parent["OrganisationWritten"], info: Info) -> Any:
    context = info.context
    position = root.position
    await context.model.waiting.wait_for(position, context.settings.read_your_writes_seconds)
    return context.state.by_id(root.id)


@strawberry.type(description="The write was done.")
class OrganisationWritten:
    """A write that the registry confirmed."""

    id: strawberry.ID
    slug: str
    state: str = strawberry.field(description="State of the profile.")
    version: int = strawberry.field(description="Send it back with the next change.")
    position: Position = strawberry.field(description="Reads with `@atLeast(position: …)` see the change.")
    organisation: Organisation | None = strawberry.field(
        resolver=_written, description="As everybody sees it now; null while it is not public."
    )


WriteResult: TypeAlias = Annotated[
    OrganisationWritten
    | StaleVersion
    | LikelyDuplicate
    | IllegalTransition
    | InvalidContent
    | NumberTaken
    | SlugTaken
    | Forbidden
    | NotFound
    | OtherProblem,
    strawberry.union("WriteResult", description="What a write answers."),
]


def written(answer: Json) -> OrganisationWritten:
    """The registry's answer to a write."""
    document = answer["organisation"]
    return OrganisationWritten(
        id=document["id"],
        slug=document["slug"],
        state=document["state"],
        version=answer["version"],
        position=Position(answer["generation"], answer["position"]),
    )


def refusal(document: Json) -> Any:
    """The problem document of the registry as the type of its family."""
    code = str(document.get("type", "")).rpartition("/")[2] or "unknown"
    kind = _TYPES.get(code, OtherProblem)
    problem = object.__new__(kind)
    problem.code = code.replace("-", "_").upper()
    problem.status = document.get("status", 500)
    problem.title = document.get("title", "")
    problem.detail = document.get("detail", "")
    problem.errors = document.get("errors", [])
    for name in ("version", "candidates", "confirmation_token", "state", "legal"):
        if name in document:
            setattr(problem, name, document[name])
    return problem
