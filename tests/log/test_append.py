"""Single promises of `append`."""

import pytest
from sqlalchemy import Engine

from services.events.contracts.catalogue import Event
from services.events.contracts.entries import Subject
from services.events.contracts.vocabulary import Actor, Origin, Visibility
from services.events.log.append import LogWriter
from services.events.log.drafts import NOTHING, Draft, State
from tests.log.checking import check_log


def _draft(subject: str, before: State, after: State) -> Draft:
    return Draft(Event.CHANGED, Subject("organisation", subject), before, after, Origin.DEMO, Actor.SYSTEM, "somebody")


def test_times_rise_for_a_subject_although_the_clock_stands_and_jumps_back(engine: Engine) -> None:
    times = iter([1_000, 1_000, 1_000, 400, 2_000])
    first, second = State({"a": 1}), State({"a": 2})
    with engine.begin() as connection:
        log = LogWriter(connection, lambda: next(times))
        entries = [
            log.append(_draft("x", NOTHING, first)),
            log.append(_draft("y", NOTHING, first)),
            log.append(_draft("x", first, second)),
            log.append(_draft("y", first, second)),
            log.append(_draft("y", second, second)),
        ]
        log.flush()

    assert [entry.published_ms for entry in entries] == [1_000, 1_000, 1_001, 1_001, 2_000]
    check_log(engine)


def test_entries_taken_back_leave_neither_position_nor_digest(engine: Engine) -> None:
    shown = State({"a": 1}, {"b": 2})
    with engine.begin() as connection:
        log = LogWriter(connection)
        log.append(_draft("x", NOTHING, shown))
        mark = log.checkpoint()
        log.append(_draft("x", shown, NOTHING))
        log.append(_draft("y", NOTHING, shown))
        log.back_to(mark)
        log.append(_draft("z", NOTHING, shown))
        log.flush()

    entries = check_log(engine)
    assert [(entry.position.number, entry.subject.id) for entry in entries] == [(1, "x"), (2, "z")]


def test_a_transaction_that_is_rolled_back_leaves_no_gap(engine: Engine) -> None:
    def write(*, fail: bool) -> None:
        with engine.begin() as connection:
            log = LogWriter(connection)
            log.append(_draft("x", NOTHING, NOTHING))
            log.flush()
            if fail:
                raise RuntimeError

    write(fail=False)
    with pytest.raises(RuntimeError):
        write(fail=True)
    write(fail=False)

    assert [entry.visibility for entry in check_log(engine)] == [Visibility.HIDDEN] * 2


def test_the_author_is_in_no_entry_that_readers_get(engine: Engine) -> None:
    with engine.begin() as connection:
        log = LogWriter(connection)
        log.append(_draft("x", NOTHING, State({"a": 1})))
        log.flush()

    assert "somebody" not in str(check_log(engine))
