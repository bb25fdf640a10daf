"""What must hold of every log, whoever wrote it and however they ended."""

from collections import defaultdict
from itertools import pairwise

from sqlalchemy import Connection, Engine, select

from services.events.contracts.changes import document_before
from services.events.contracts.entries import Current, Entry, Json, Subject
from services.events.contracts.vocabulary import View
from services.events.log.digest import EMPTY, hash_of, replaced
from services.events.log.reading import current_state, entries_after, read_head
from services.events.log.tables import log_entry, log_subject

_OF_A_PERSON = {"enterprise_numbers", "establishments", "email", "phone", "export"}
"""What is not told of a natural person who is hidden, and not told again as the value before that."""


def check_log(engine: Engine, *, persons_hide: bool = False) -> list[Entry]:
    """Check every promise of the log on a database at rest; returns its entries.

    `persons_hide` says that organisations may turn out to be persons who are hidden from then on.
    """
    with engine.connect() as connection:
        entries = entries_after(connection, 0, 1_000_000)
        head = read_head(connection)
        _positions_have_no_gap(entries, head.position.number)
        _times_never_fall(entries)
        by_subject = _versions_have_no_gap(entries)
        _documents_follow_each_other(by_subject, persons_hide=persons_hide)
        _digests_are_those_of_the_state(connection, by_subject)
        _each_names_the_one_before(connection)
        rows = {Subject(row.kind, row.id): row for row in connection.execute(select(log_subject))}
    assert {subject: row.version for subject, row in rows.items()} == {
        subject: own[-1].version for subject, own in by_subject.items()
    }
    return entries


def _positions_have_no_gap(entries: list[Entry], head: int) -> None:
    assert [entry.position.number for entry in entries] == list(range(1, len(entries) + 1))
    assert head == len(entries)


def _times_never_fall(entries: list[Entry]) -> None:
    times = [entry.published_ms for entry in entries]
    assert times == sorted(times)


def _versions_have_no_gap(entries: list[Entry]) -> dict[Subject, list[Entry]]:
    by_subject: dict[Subject, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_subject[entry.subject].append(entry)
    for own in by_subject.values():
        assert [entry.version for entry in own] == list(range(1, len(own) + 1))
        times = [entry.published_ms for entry in own]
        assert all(earlier < later for earlier, later in pairwise(times))
    return by_subject


def _each_names_the_one_before(connection: Connection) -> None:
    """Of the same subject, so that an older state is found without a search."""
    last: dict[Subject, int] = {}
    for row in connection.execute(select(log_entry).order_by(log_entry.c.position)):
        subject = Subject(row.subject_kind, row.subject_id)
        assert row.previous == last.get(subject)
        last[subject] = row.position


def _documents_follow_each_other(by_subject: dict[Subject, list[Entry]], *, persons_hide: bool) -> None:
    """Rewinding an entry's changes gives the document of the entry before it, without what a person withdrew."""
    for own in by_subject.values():
        document: Json | None = None
        for entry in own:
            before = document_before(entry)
            told_less = before is None or _without_person(before) == _without_person(document)
            assert before == document or (persons_hide and told_less)
            document = entry.document


def _without_person(document: Json | None) -> Json:
    return {name: value for name, value in (document or {}).items() if name not in _OF_A_PERSON}


def _digests_are_those_of_the_state(connection: Connection, by_subject: dict[Subject, list[Entry]]) -> None:
    current = list(current_state(connection))
    shown = {subject: own[-1] for subject, own in by_subject.items() if own[-1].document is not None}
    assert {one.subject: (one.version, one.document, one.restricted) for one in current} == {
        subject: (entry.version, entry.document, entry.restricted) for subject, entry in shown.items()
    }
    digests = read_head(connection).digests
    assert digests[View.PUBLIC] == _digest(current, internal=False)
    assert digests[View.INTERNAL] == _digest(current, internal=True)


def _digest(current: list[Current], *, internal: bool) -> str:
    digest = EMPTY
    for one in current:
        documents = (one.document, one.restricted) if internal else (one.document,)
        digest = replaced(digest, None, hash_of(one.subject, *documents))
    return digest
