"""From criteria to the set of organisations that match: the same language as saved searches, answered from bitmaps.

What each criterion means is said in `services.events.contracts.criteria`; that this agrees, organisation by
organisation, with the plain evaluation that saved searches use is tested.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from pyroaring import BitMap

from graphql_api.read_model.facts import Dimension, Figure, Order
from graphql_api.read_model.polygons import owners_inside
from graphql_api.read_model.state import State
from services.events.contracts.criteria import Criteria, ExportCriterion, PercentRange
from services.events.contracts.matching import commune_now


@dataclass(frozen=True, slots=True)
class Reading:
    """Who reads, and on which day: what a criterion depends on besides the organisations."""

    today: date
    restricted: bool
    """Whether the caller may read restricted figures."""


def select(state: State, criteria: Criteria, reading: Reading) -> BitMap:
    """The ordinals that match all of the criteria. The caller's right to ask them was checked before.

    Do not change what is given: it is kept for whoever asks the same of the same state.
    """
    key = criteria.canonical, reading
    found: BitMap | None = state.answers.get(key)
    if found is None:
        found = _select(state, criteria, reading)
        state.answers.put(key, found)
    return found


def _select(state: State, criteria: Criteria, reading: Reading) -> BitMap:
    parts = sorted(_parts(state, criteria, reading), key=len)
    found = BitMap.intersection(*parts) if parts else state.everything.copy()
    for excluded in criteria.none_of or ():
        found -= select(state, excluded, reading)
    return found


def _parts(state: State, criteria: Criteria, reading: Reading) -> Iterator[BitMap]:
    yield from _listed(state, criteria)
    yield from _places(state, criteria, reading.today)
    if criteria.labels is not None:
        yield state.labels.any_of(criteria.labels, reading.today)
    if criteria.export is not None:
        yield from _exports(state, criteria.export, reading)
    if criteria.validated_since is not None:
        yield state.orders[Order.LAST_VALIDATED_ON].between(criteria.validated_since.isoformat(), None)
    if criteria.enterprise_numbers is not None:
        records = (state.by_number(number.digits) for number in criteria.enterprise_numbers)
        yield BitMap([record.ordinal for record in records if record])


_LISTS = {
    Dimension.KIND: "kinds",
    Dimension.PROVINCE: "provinces",
    Dimension.SIZE_CLASS: "size_classes",
    Dimension.LIFE_CYCLE_STAGE: "life_cycle_stages",
    Dimension.AXIS: "axes",
    Dimension.FRONT: "fronts",
    Dimension.TITLE_LANGUAGE: "has_text_in",
    Dimension.DESCRIPTION_LANGUAGE: "has_description_in",
}


def _listed(state: State, criteria: Criteria) -> Iterator[BitMap]:
    sets = state.sets
    for dimension, name in _LISTS.items():
        if (wanted := getattr(criteria, name)) is not None:
            yield sets.any_of(dimension, wanted)
    for alternatives in criteria.categories or ():
        yield sets.any_of(Dimension.CATEGORY, (f"{found.scheme}:{found.code}" for found in alternatives))
    if criteria.nace is not None:
        yield sets.any_of(Dimension.NACE, (f"{activity.version}:{activity.code}" for activity in criteria.nace))
    if criteria.scale_up is not None:
        yield sets.of(Dimension.SCALE_UP, str(criteria.scale_up).lower())


def _places(state: State, criteria: Criteria, today: date) -> Iterator[BitMap]:
    if criteria.communes is not None:
        yield _in_communes(state, criteria.communes, today)
    if criteria.not_in_provinces is not None:
        yield state.everything - state.sets.any_of(Dimension.PROVINCE, criteria.not_in_provinces)
    if criteria.not_in_communes is not None:
        yield state.everything - _in_communes(state, criteria.not_in_communes, today)
    if (box := criteria.box) is not None:
        yield state.places.inside(box)
    if (polygon := criteria.polygon) is not None:
        yield owners_inside(state.places, polygon)
    if (near := criteria.near) is not None:
        yield state.places.within(near, None).members


def _in_communes(state: State, wanted: tuple[str, ...], today: date) -> BitMap:
    return state.sets.any_of(Dimension.COMMUNE, {commune_now(code, today)[0] for code in wanted})


def _exports(state: State, wanted: ExportCriterion, reading: Reading) -> Iterator[BitMap]:
    sets = state.sets
    for dimension, values in (
        (Dimension.EXPORTS, wanted.exports),
        (Dimension.ACTIVE_MARKET, wanted.active_markets),
        (Dimension.TARGETED_MARKET, wanted.targeted_markets),
        (Dimension.WORKING_LANGUAGE, wanted.working_languages),
    ):
        if values is not None:
            yield sets.any_of(dimension, values)
    if wanted.share_percent is not None:
        yield _share(state, wanted.share_percent, reading)
    if (turnover := wanted.turnover_eur) is not None:
        known = reading.restricted  # without the right nothing is known, also should the question slip through
        yield state.ranges[Figure.TURNOVER].between(turnover.min, turnover.max) if known else BitMap()


def _share(state: State, wanted: PercentRange, reading: Reading) -> BitMap:
    figure = Figure.KNOWN_SHARE if reading.restricted else Figure.PUBLISHED_SHARE
    return state.ranges[figure].between(wanted.min, wanted.max)
