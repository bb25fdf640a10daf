"""The strategy's thematic grid: 5 themes, 9 objectives, 23 axes, and the figures that the paper gives with them.

Organisations name the axes they work on by number, `1.1.1`.
"""

from dataclasses import dataclass
from functools import cache

from services.reference.tables import read_json


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis of development (Axe de développement)."""

    number: str
    title_fr: str
    """As in the paper."""
    gloss_en: str
    """Our translation."""


@dataclass(frozen=True, slots=True)
class Objective:
    """One strategic objective (Objectif stratégique) and its axes."""

    number: str
    title_fr: str
    gloss_en: str
    axes: tuple[Axis, ...]


@dataclass(frozen=True, slots=True)
class Theme:
    """One theme (Thème) and its objectives."""

    number: str
    title_fr: str
    short_title_fr: str
    gloss_en: str
    objectives: tuple[Objective, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that the strategy paper states."""

    name: str
    statement_en: str
    value: float | tuple[float, ...]
    unit: str
    page: int


@cache
def themes() -> tuple[Theme, ...]:
    """The grid, from its themes down."""
    return tuple(
        Theme(
            theme["number"],
            theme["title_fr"],
            theme["short_title_fr"],
            theme["gloss_en"],
            tuple(
                Objective(
                    objective["number"],
                    objective["title_fr"],
                    objective["gloss_en"],
                    tuple(Axis(axis["number"], axis["title_fr"], axis["gloss_en"]) for axis in objective["axes"]),
                )
                for objective in theme["objectives"]
            ),
        )
        for theme in read_json("thematic_grid.json")["themes"]
    )


@cache
def axes() -> dict[str, Axis]:
    """Every axis by its number, in the grid's order."""
    found = (axis for theme in themes() for objective in theme.objectives for axis in objective.axes)
    return {axis.number: axis for axis in found}


def is_axis(number: str) -> bool:
    """Whether the grid has an axis of this number."""
    return number in axes()


@cache
def figures() -> dict[str, Figure]:
    """The paper's figures by name, `sector.company_count` for example."""
    rows = read_json("thematic_grid.json")["figures"]
    return {
        row["id"]: Figure(row["id"], row["statement_en"], _value(row["value"]), row["unit"], row["page"])
        for row in rows
    }


def _value(value: float | list[float]) -> float | tuple[float, ...]:
    return tuple(value) if isinstance(value, list) else value
