"""Whatever a query is, its compiled plan answers it as graphql-core does: data, errors, position, order of members.

Many more documents: `pytest tests/graphql_api/differential --hypothesis-profile=long`.
"""

from datetime import date

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from graphql_api.schema.schema import executable
from tests.graphql_api.differential.asking import Asked, asked
from tests.graphql_api.differential.moving import MOVES, Move, Moving
from tests.graphql_api.differential.reach import Reach
from tests.graphql_api.differential.report import Report
from tests.graphql_api.differential.sides import ASKERS, DAYS, Sides, sides

DOCUMENTS = st.deferred(lambda: asked(Reach(executable()), sides().cursors()))


def so_many(times: int) -> settings:
    """Settings for so many times the examples of the profile in use."""
    return settings(
        max_examples=int(times * settings().max_examples),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


def test_every_generated_document_is_answered_alike(both: Sides) -> None:
    report = Report()

    @so_many(20)
    @given(DOCUMENTS, st.sampled_from(DAYS))
    def compare(one: Asked, today: date) -> None:
        note(one.document)
        report.see(one, both.compiled.operations)
        for variables in one.variables:
            for caller in ASKERS.values():
                given = both.answers(one.document, variables, one.operation_name, caller=caller, today=today)
                assert given.compiled == given.ordinary
                report.count(given)

    compare()
    report.check()


def test_answers_stay_alike_while_organisations_change() -> None:
    both = sides()
    moving = Moving([both.compiled.model, both.ordinary.model])

    @so_many(3)
    @given(DOCUMENTS, MOVES)
    def compare(one: Asked, moves: list[Move]) -> None:
        note(one.document)
        variables = one.variables[0]
        try:
            for before in ([], moves):
                moving.move(before)
                for caller in ASKERS.values():
                    given = both.answers(one.document, variables, one.operation_name, caller=caller)
                    assert given.compiled == given.ordinary
        finally:
            moving.go_back()

    compare()
