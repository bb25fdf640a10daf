"""The whole ecosystem: how many organisations of each kind there are, and their making one after the other."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise
from random import Random

from services.registry.demo import companies, distribution, lives, names, spaces, support
from services.registry.demo.lives import Life, Maker
from services.registry.demo.places import Territory
from services.registry.demo.scene import Document, Scene, Span

DEFAULT_SEED = 2015


@dataclass(frozen=True, slots=True)
class Recipe:
    """Organisations that are made alike."""

    name: str
    count: int
    """How many there are in the default ecosystem; with more organisations, in proportion."""
    makers: tuple[Maker, ...]
    """Taken in turn."""


_PLACES: tuple[Maker, ...] = (
    companies.start_up,
    spaces.coworking,
    spaces.epn,
    support.training_provider,
    spaces.fab_lab,
)
RECIPES = (
    # First those that others have links to: a link's target is registered before the link.
    Recipe("public_bodies", 290, (support.public_body,)),
    Recipe("clusters", 14, (support.cluster,)),
    Recipe("research_centres", 58, (support.research_centre,)),
    Recipe("incubators", 32, (support.incubator,)),
    Recipe("investors", 64, (support.investor,)),
    Recipe("business_angels", 40, (support.business_angel,)),
    Recipe("companies", distribution.COMPANIES, (companies.company,)),
    Recipe("start_ups", 437, (companies.start_up,)),
    Recipe("coworkings", 132, (spaces.coworking,)),
    Recipe("fab_labs", 26, (spaces.fab_lab,)),
    Recipe("epns", 168, (spaces.epn,)),
    Recipe("creative_hubs", 8, (spaces.creative_hub,)),
    Recipe("training_providers", 240, (support.training_provider,)),
    Recipe("waiting", 84, _PLACES),
    Recipe("merged", 18, (spaces.coworking,)),
)
DEFAULT_ORGANISATIONS = sum(recipe.count for recipe in RECIPES)
"""5,120: the 3,509 companies, and the others in plausible numbers beside them."""


def generate(organisations: int | None = None, seed: int = DEFAULT_SEED, on: date | None = None) -> Iterator[Document]:
    """The organisations' documents as they are in the end, whole: the same arguments give the same documents.

    `on` is the day that ages and years are counted from: today unless said otherwise.
    """
    for life in generate_lives(organisations, seed, on or datetime.now(UTC).date()):
        yield from {step.document["id"]: step.document for step in life}.values()


def generate_lives(organisations: int | None, seed: int, on: date) -> Iterator[Life]:
    """The steps by which each organisation, or each pair that was merged, came to its state.

    Raises ValueError for a number of organisations that the rules of names and numbers are not made for.
    """
    spans, territory = _spans(organisations or DEFAULT_ORGANISATIONS), Territory(on)
    for recipe in RECIPES:
        random = Random(f"{seed}/{recipe.name}")  # noqa: S311 - made-up data, no secret
        span = spans[recipe.name]
        scenes = (
            Scene(seed, on, territory, spans, random, number, number - span.first, names.root(number, seed))
            for number in range(span.first, span.end)
        )
        yield from _pairs(scenes, recipe) if recipe.name == "merged" else _each(scenes, recipe)


def _spans(organisations: int) -> dict[str, Span]:
    if not 1 <= organisations <= names.MOST:
        raise ValueError(f"write a number of organisations from 1 to {names.MOST}")
    sums = [sum(recipe.count for recipe in RECIPES[:place]) for place in range(len(RECIPES) + 1)]
    bounds = [total * organisations // DEFAULT_ORGANISATIONS for total in sums]
    return {recipe.name: Span(*bound) for recipe, bound in zip(RECIPES, pairwise(bounds), strict=True)}


def _each(scenes: Iterator[Scene], recipe: Recipe) -> Iterator[Life]:
    tell = lives.waiting if recipe.name == "waiting" else lives.published
    for scene in scenes:
        yield tell(scene, recipe.makers[scene.place % len(recipe.makers)])


def _pairs(scenes: Iterator[Scene], recipe: Recipe) -> Iterator[Life]:
    make = recipe.makers[0]
    for survivor in scenes:
        other = next(scenes, None)
        yield lives.merged(survivor, other, make) if other else lives.published(survivor, make)
