"""The strategy's thematic grid."""

import pytest

from services.reference.grid import axes, figures, is_axis, themes


def test_the_grid_has_five_themes_nine_objectives_and_23_axes() -> None:
    assert [len(themes()), sum(len(theme.objectives) for theme in themes()), len(axes())] == [5, 9, 23]


def test_an_axis_is_known_by_its_number() -> None:
    assert is_axis("1.1.1")
    assert axes()["1.2.1"].title_fr == "Accélérer la croissance des champions du secteur numérique à l'étranger"
    assert all(axis.title_fr and axis.gloss_en for axis in axes().values())


@pytest.mark.parametrize("number", ["", "1", "1.1", "1.1.9", "6.1.1", "1.1.1 "])
def test_what_is_no_axis_is_not_taken_for_one(number: str) -> None:
    assert not is_axis(number)


def test_numbers_say_where_an_axis_stands() -> None:
    for theme in themes():
        for objective in theme.objectives:
            assert objective.number.startswith(f"{theme.number}.")
            assert all(axis.number.startswith(f"{objective.number}.") for axis in objective.axes)


def test_the_papers_figures_are_there() -> None:
    stated = {name: figure.value for name, figure in figures().items()}
    assert stated["sector.company_count"] == 3_509
    assert stated["sector.large_company_count"] == 48
    assert stated["governance.grid"] == (5, 9, 23)
