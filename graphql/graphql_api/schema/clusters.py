"""Clusters: the places found, gathered by the cells of a grid over the map."""

from dataclasses import dataclass
from functools import cached_property

import strawberry

from graphql_api.keeping import Answered
from graphql_api.read_model.clusters import MOST_CELLS, Cluster
from graphql_api.read_model.map_cells import DEEPEST_ZOOM, cells_of
from graphql_api.read_model.state import State
from graphql_api.schema.context import Context
from graphql_api.schema.mirror import mirror
from graphql_api.schema.questions import Question
from services.events.contracts.criteria import Box
from services.events.contracts.entries import Json
from services.events.contracts.values import Point
from services.problems import FieldError, InvalidInput

MOST_IDS = 20
"""Of one cluster: more is a list, which `organisations` with the cluster's box gives page by page."""

_MARKS = 40
"""So many clusters take as much memory as a page of a list."""


@dataclass(frozen=True, slots=True)
class View:
    """Which part of the map is looked at, and how closely."""

    box: Box
    zoom: int
    ids_up_to: int = 1

    @property
    def key(self) -> tuple[bytes, int, int]:
        """Two views of the same key show the same."""
        return self.box.canonical, self.zoom, self.ids_up_to

    def check(self) -> None:
        """Raises InvalidInput for what is not answered."""
        if not 0 <= self.zoom <= DEEPEST_ZOOM:
            raise _invalid("zoom", "out_of_range", f"zoom is from 0 to {DEEPEST_ZOOM}.")
        if not 0 <= self.ids_up_to <= MOST_IDS:
            raise _invalid("idsUpTo", "out_of_range", f"idsUpTo is from 0 to {MOST_IDS}.")
        if (cells := cells_of(self.box, self.zoom)) > MOST_CELLS:
            detail = f"The box has {cells} cells at this zoom, and at most {MOST_CELLS} are answered; zoom out."
            raise _invalid("box", "too_large", detail)


@dataclass(frozen=True, slots=True)
class Mark:
    """What a cluster is resolved from."""

    cluster: Cluster
    zoom: int
    state: State

    @property
    def count(self) -> int:
        """How many places."""
        return self.cluster.count

    @property
    def centre(self) -> Json:
        """The middle of the places."""
        return {"longitude": self.cluster.longitude, "latitude": self.cluster.latitude}

    @property
    def box(self) -> Json:
        """The cell."""
        return self.cluster.edges(self.zoom)

    @property
    def ids(self) -> list[str]:
        """Whose the places are, where they are few."""
        return [self.state.record(ordinal).id for ordinal in self.cluster.ordinals]


@dataclass(frozen=True)
class Clustering(Answered):
    """What MapClusters is resolved from."""

    clusters: list[Mark]

    @cached_property
    def total_count(self) -> int:
        """All places."""
        return sum(mark.count for mark in self.clusters)


@strawberry.type(description="Places that lie together, as they are shown on a map.")
class MapCluster:
    """Resolved from a Mark."""

    count: int = strawberry.field(description="How many places.")
    centre: mirror(Point) = strawberry.field(description="The middle of the places.")  # type: ignore[valid-type]
    box: mirror(Box) = strawberry.field(description="The cell that they lie in: what to show to come closer.")  # type: ignore[valid-type]
    ids: list[strawberry.ID] = strawberry.field(
        description="The organisations whose places they are, where there are at most `idsUpTo` places; else empty."
    )


@strawberry.type(
    description="The establishments that have a point in the box, each in one cluster. An organisation with several "
    "counts with each that lies in the box."
)
class MapClusters:
    """Resolved from a Clustering."""

    total_count: int = strawberry.field(description="How many places the box has: the sum of the clusters' counts.")
    clusters: list[MapCluster] = strawberry.field(description="The largest first.")


def clusters_of(question: Question, view: View, context: Context) -> Clustering:
    """The clusters of what the question means. Raises InvalidInput and InvalidSearch."""
    answers = context.state.answers
    key = (*question.key, view.key, context.reading)
    clustering: Clustering | None = answers.get(key)
    if clustering is None:
        view.check()
        clustering = _clustering(question, view, context)
        answers.put(key, clustering)
        answers.grow(len(clustering.clusters) / _MARKS)
    return clustering


def _clustering(question: Question, view: View, context: Context) -> Clustering:
    state, found = context.state, question.answer(context).ordinals
    among = None if len(found) == len(state) else found
    clusters = state.clusters.clusters(view.box, view.zoom, among, view.ids_up_to)
    return Clustering([Mark(cluster, view.zoom, state) for cluster in clusters])


def _invalid(argument: str, code: str, detail: str) -> InvalidInput:
    return InvalidInput(detail, errors=[FieldError(f"argument:{argument}", code, detail)])
