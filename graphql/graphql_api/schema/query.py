"""The root of all reads."""

from typing import Annotated, Any

import strawberry

from graphql_api.read_model.map_cells import DEEPEST_ZOOM
from graphql_api.read_model.paging import LARGEST_PAGE, Window
from graphql_api.schema.clusters import MOST_IDS, MapClusters, View, clusters_of
from graphql_api.schema.context import Info
from graphql_api.schema.criteria import BoxInput, NearInput, OrganisationFilter, box_of, criteria_of, near_of
from graphql_api.schema.facet_labels import FacetDimension
from graphql_api.schema.facets import Counting, Facets, facets_of
from graphql_api.schema.listing import OrganisationConnection, listing_of
from graphql_api.schema.organisation import Node, Organisation
from graphql_api.schema.places import AnyLanguage, Commune, Province
from graphql_api.schema.questions import OrganisationOrder, Question
from graphql_api.schema.scalars import NaceVersionCode, ProvinceCode
from graphql_api.schema.status import RegistryStatus, Term, Viewer, kind_terms, status_of, viewer_of
from graphql_api.schema.suggesting import SuggestionType, suggestions
from services.events.contracts.vocabulary import Language
from services.problems import FieldError, InvalidInput
from services.reference.communes import communes_on
from services.reference.identifiers import EnterpriseNumber
from services.reference.provinces import Province as KnownProvince

Filter = Annotated[OrganisationFilter | None, strawberry.argument(name="filter")]
Near = Annotated[NearInput | None, strawberry.argument(description="A circle: only what is in it, nearest first.")]
Search = Annotated[
    str | None,
    strawberry.argument(description="Words of titles, descriptions and categories, or an enterprise number."),
]
Size = Annotated[int | None, strawberry.argument(description=f"From 1 to {LARGEST_PAGE}; give either first or last.")]


def _node(info: Info, id: strawberry.ID) -> Any:  # noqa: A002 - the name that Relay asks for
    return info.context.state.by_id(id)


def _nodes(info: Info, ids: list[strawberry.ID]) -> Any:
    if len(ids) > LARGEST_PAGE:
        raise _invalid("ids", "too_many", f"At most {LARGEST_PAGE} ids are answered at once.")
    return [info.context.state.by_id(identifier) for identifier in ids]


def _organisation(
    info: Info,
    id: strawberry.ID | None = None,  # noqa: A002 - a public name
    slug: str | None = None,
    enterprise_number: Annotated[str | None, strawberry.argument(description="In any usual spelling.")] = None,
) -> Any:
    if sum(given is not None for given in (id, slug, enterprise_number)) != 1:
        raise _invalid("id", "exactly_one", "Give exactly one of id, slug and enterpriseNumber.")
    state = info.context.state
    if id is not None:
        return state.by_id(id)
    if slug is not None:
        return state.by_slug(slug)
    return state.by_number(_digits(str(enterprise_number)))


def _digits(text: str) -> str:
    try:
        return EnterpriseNumber.parse(text).digits
    except ValueError as error:
        raise _invalid("enterpriseNumber", "invalid", f"{error}.") from error


def _organisations(  # noqa: PLR0913 - the arguments of a Relay connection
    info: Info,
    *,
    filter_: Filter = None,
    search: Search = None,
    near: Near = None,
    order_by: OrganisationOrder | None = None,
    first: Size = None,
    after: str | None = None,
    last: Size = None,
    before: str | None = None,
) -> Any:
    question = Question(criteria_of(filter_, info.context), search, near_of(near))
    return listing_of(question, order_by, Window(first, after, last, before), info.context)


def _facets(  # noqa: PLR0913 - the arguments of the list, and those of what is counted
    info: Info,
    *,
    dimensions: list[FacetDimension],
    filter_: Filter = None,
    search: Search = None,
    near: Near = None,
    language: AnyLanguage = Language.FR,
    exclude_own: Annotated[
        bool,
        strawberry.argument(
            description="Count each dimension without the filter's own criterion of it: what choosing another value of "
            "it would find. Both `provinces` and `notInProvinces` are the own criteria of the provinces, and so on; "
            "`noneOf` stays."
        ),
    ] = False,
    first: Annotated[
        int | None, strawberry.argument(description="At most so many values of each dimension; the rest is summed up.")
    ] = None,
    min_count: Annotated[
        int, strawberry.argument(description="Values that so many organisations have at least; the rest is summed up.")
    ] = 1,
    nace_version: Annotated[
        NaceVersionCode | None, strawberry.argument(description="Codes of activities of this version alone.")
    ] = None,
    nace_digits: Annotated[
        int | None,
        strawberry.argument(
            description="Codes of activities cut to so many digits, from 2 to 7; divisions of 2 digits unless given."
        ),
    ] = None,
    category_scheme: Annotated[
        str | None,
        strawberry.argument(
            description="Categories of this scheme alone; `excludeOwn` then leaves out the lists that name one of it."
        ),
    ] = None,
) -> Facets:
    question = Question(criteria_of(filter_, info.context), search, near_of(near))
    counting = Counting(
        tuple(dict.fromkeys(dimensions)),
        language,
        exclude_own,
        first,
        min_count,
        nace_version,
        nace_digits,
        category_scheme,
    )
    return facets_of(question, counting, info.context)  # type: ignore[return-value] # the source of Facets


def _map_clusters(  # noqa: PLR0913 - the filter, and which part of the map
    info: Info,
    *,
    box: BoxInput,
    zoom: Annotated[
        int,
        strawberry.argument(description=f"Of the usual map of tiles, from 0 to {DEEPEST_ZOOM}: a cell is 64 pixels."),
    ],
    filter_: Filter = None,
    search: Search = None,
    ids_up_to: Annotated[
        int,
        strawberry.argument(description=f"Clusters of so many places at most tell whose they are; 0 to {MOST_IDS}."),
    ] = 1,
) -> MapClusters:
    question = Question(criteria_of(filter_, info.context), search)
    view = View(box_of(box), zoom, ids_up_to)
    return clusters_of(question, view, info.context)  # type: ignore[return-value] # the source of MapClusters


def _communes(info: Info, province: ProvinceCode | None = None) -> Any:
    today = info.context.today
    return [found for found in communes_on(today) if province is None or found.province.value == province]


def _provinces() -> Any:
    return list(KnownProvince)


def _invalid(argument: str, code: str, detail: str) -> InvalidInput:
    return InvalidInput(detail, errors=[FieldError(f"argument:{argument}", code, detail)])


@strawberry.type(description="Reads. All of one request are answered from one position of the registry's log.")
class Query:
    """The root of reads."""

    node: Node | None = strawberry.field(resolver=_node, description="Anything by its id.")
    nodes: list[Node | None] = strawberry.field(resolver=_nodes, description="As many as ids, null for unknown ones.")
    organisation: Organisation | None = strawberry.field(
        resolver=_organisation,
        description="By exactly one of id, slug (former ones too) and enterprise number; ids of merged ones lead on.",
    )
    organisations: OrganisationConnection = strawberry.field(
        resolver=_organisations,
        description="A list: sorted by relevance with `search`, by distance with `near`, else by title.",
    )
    facets: Facets = strawberry.field(resolver=_facets, description="Counts under the same arguments as the list.")
    suggest: list[SuggestionType] = strawberry.field(
        resolver=suggestions,
        description="What the text may be the beginning of, for a search box: categories, communes and organisations.",
    )
    map_clusters: MapClusters = strawberry.field(
        resolver=_map_clusters,
        description="The places of the organisations that a list with the same arguments has, gathered for a map.",
    )
    communes: list[Commune] = strawberry.field(resolver=_communes, description="The communes of today, by NIS code.")
    provinces: list[Province] = strawberry.field(resolver=_provinces)
    activity_kinds: list[Term] = strawberry.field(resolver=kind_terms)
    registry_status: RegistryStatus = strawberry.field(resolver=status_of)
    viewer: Viewer = strawberry.field(resolver=viewer_of)
