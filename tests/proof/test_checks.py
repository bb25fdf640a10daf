"""Every kind of loss, doubling and disorder is planted in evidence that is right, found, and named."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from tests.proof import checks
from tests.proof.checks import Line
from tests.proof.evidence import Evidence
from tests.proof.journal import Journal, Outcome, Write
from tests.proof.told import Told

NAMES = ("org-a", "org-b", "org-c")


def line(position: int) -> Line:
    """The three organisations change in turn; the last one is archived in the end."""
    subject, version = f"organisation/{NAMES[position % 3]}", (position - 1) // 3 + 1
    document = "none" if position == 11 else f"document {position}"
    told = Told(position, f"event {position}", subject, version, document)
    return Line(told, f"request {position}", shown=position > 1, followed=position % 3 == 0)


LOG = tuple(line(position) for position in range(1, 13))
ALL = tuple(one.told for one in LOG)
LAST = {told.subject: told.document for told in ALL if told.document != "none"} | {}
LAST.pop("organisation/org-c")
DIGEST = (12, "d" * 64)


def write(of: Line, **changes: Any) -> Write:
    told = of.told
    made = Write(of.request or "", Outcome.ACKNOWLEDGED, 0.0, 0.1, 1, told.subject, told.version, told.position)
    return replace(made, **changes)


def journal(*writes: Write) -> Journal:
    kept = Journal()
    for one in writes:
        kept.note(one)
    return kept


def evidence(**changes: Any) -> Evidence:
    right = Evidence(
        log=LOG,
        journal=journal(*map(write, LOG)),
        told={"topic": ALL},
        applied={"mirror": ALL},
        loaded={"mirror": ()},
        partners={"partner": [*ALL[1:], ALL[-1]]},
        messages=[told for told in ALL if told.position % 3 == 0],
        changes=[told._replace(document="") for told in ALL[1:]],
        states={"compacted": LAST},
        digests={"mirror": (DIGEST, DIGEST)},
        texts=({"organisation/org-a": "text"}, {"organisation/org-a": "text"}),
    )
    return replace(right, **changes)


def without(told: Sequence[Told], position: int) -> list[Told]:
    return [one for one in told if one.position != position]


def swapped(told: Sequence[Told], first: int, second: int) -> list[Told]:
    exchanged = {first: told[second - 1], second: told[first - 1]}
    return [exchanged.get(one.position, one) for one in told]


def test_evidence_that_is_right_has_no_findings() -> None:
    assert evidence().findings() == []


def test_records_that_come_again_are_no_finding_and_are_counted() -> None:
    again = [*ALL[:6], *ALL[2:]]
    assert evidence(told={"topic": again}, messages=[*evidence().messages, ALL[2]]).findings() == []
    assert checks.repetitions(again) == 4
    assert checks.late(again) == 0


def test_uncertain_writes_may_be_in_the_log_or_not() -> None:
    uncertain = Write("request 12", Outcome.UNCERTAIN, 0.0, 0.1), Write("never seen", Outcome.UNCERTAIN, 0.0, 0.1)
    assert evidence(journal=journal(*map(write, LOG[:-1]), *uncertain)).findings() == []


def test_a_late_message_is_counted() -> None:
    assert checks.late([ALL[3], ALL[0]]) == 1


PLANTED: dict[str, tuple[Callable[[], Evidence], str]] = {
    "an acknowledged write that is not in the log": (
        lambda: evidence(
            journal=journal(*map(write, LOG), write(line(12), position=99, request="lost")),
        ),
        "acknowledged: organisation/org-a version 4 at 99 (lost) is not in the log",
    ),
    "nothing that was written": (
        lambda: evidence(journal=journal(Write("request 1", Outcome.UNCERTAIN, 0.0, 0.1))),
        "writers: nothing was acknowledged",
    ),
    "an acknowledged write whose place another has": (
        lambda: evidence(journal=journal(*map(write, LOG[1:]), write(LOG[0], version=7))),
        "acknowledged: organisation/org-b version 7 at 1 (request 1), but the log has 1 (organisation/org-b version 1)",
    ),
    "a write that was applied twice": (
        lambda: evidence(log=(*LOG[:-1], replace(LOG[-1], request="request 9"))),
        "log: request 9 was applied 2 times",
    ),
    "a refused write that was applied": (
        lambda: evidence(journal=journal(*map(write, LOG[:-1]), Write("request 12", Outcome.REFUSED, 0.0, 0.1))),
        "log: request 12 was refused and is there",
    ),
    "a write that nobody made": (
        lambda: evidence(journal=journal(*map(write, LOG[:-1]))),
        "log: request 12 was never sent",
    ),
    "a gap in the positions": (
        lambda: evidence(log=(*LOG[:4], *LOG[5:])),
        "log: where 5 should stand there is 6",
    ),
    "a version that is missing in the log": (
        lambda: evidence(log=(*LOG[:-1], replace(LOG[-1], told=LOG[-1].told._replace(version=9)))),
        "log: 12 (organisation/org-a version 9) came after version 3",
    ),
    "an entry that an outlet did not tell": (
        lambda: evidence(told={"topic": without(ALL, 5)}),
        "topic: 5 (organisation/org-c version 2) is missing",
    ),
    "an entry that an outlet told otherwise": (
        lambda: evidence(told={"topic": [*ALL, ALL[4]._replace(document="another")]}),
        "topic: told 5 (organisation/org-c version 2), the log has 5",
    ),
    "an entry that an outlet made up": (
        lambda: evidence(told={"topic": [*ALL, Told(99, "event", "organisation/org-x", 1, "none")]}),
        "topic: told 99 (organisation/org-x version 1), the log has nothing there",
    ),
    "two versions that an outlet swapped": (
        lambda: evidence(told={"topic": swapped(ALL, 4, 7)}),
        "topic: 7 (organisation/org-b version 3) came after version 1",
    ),
    "an entry that a mirror dropped": (
        lambda: evidence(applied={"mirror": without(ALL, 5)}),
        "mirror: 5 (organisation/org-c version 2) is missing",
    ),
    "an entry that a mirror applied twice": (
        lambda: evidence(applied={"mirror": [*ALL, ALL[-1]]}),
        "mirror: 12 (organisation/org-a version 4) was applied after 12",
    ),
    "a snapshot that a mirror took instead of entries": (
        lambda: evidence(applied={"mirror": [*ALL[:2], *ALL[8:]]}, loaded={"mirror": (8,)}),
        "mirror: a snapshot of 8 was taken where entries should have come",
    ),
    "a webhook that was not sent": (
        lambda: evidence(messages=evidence().messages[1:]),
        "webhooks: 3 (organisation/org-a version 1) is missing",
    ),
    "a webhook that nobody asked for": (
        lambda: evidence(messages=[*evidence().messages, ALL[0]]),
        "webhooks: told 1 (organisation/org-b version 1), the log has nothing there",
    ),
    "a change that a subscriber was not told": (
        lambda: evidence(changes=evidence().changes[1:]),
        "subscription: 2 (organisation/org-c version 1) is missing",
    ),
    "a change that a subscriber was told twice": (
        lambda: evidence(changes=[*evidence().changes, evidence().changes[-1]]),
        "subscription: 12 (organisation/org-a version 4) came after 12",
    ),
    "an entry that a partner was not told": (
        lambda: evidence(partners={"partner": without(ALL[1:], 8)}),
        "partner: 8 (organisation/org-c version 3) is missing",
    ),
    "two versions that a partner was told in the wrong order": (
        lambda: evidence(partners={"partner": swapped(ALL, 5, 8)[1:]}),
        "partner: 5 (organisation/org-c version 2) came after a newer version",
    ),
    "a state that is out of date": (
        lambda: evidence(states={"compacted": LAST | {"organisation/org-a": "document 9"}}),
        "compacted: organisation/org-a is in another state; its last change is 12",
    ),
    "a state that is missing": (
        lambda: evidence(states={"compacted": {}}),
        "compacted: organisation/org-a is not there",
    ),
    "a tombstone that is missing": (
        lambda: evidence(states={"compacted": LAST | {"organisation/org-c": "document 8"}}),
        "compacted: organisation/org-c is there and not public",
    ),
    "a digest that differs": (
        lambda: evidence(digests={"mirror": ((12, "e" * 64), DIGEST)}),
        "mirror: digest eeeeeeeeeeeeeeee… at 12, the registry has dddddddddddddddd… at 12",
    ),
    "a digest of another position": (
        lambda: evidence(digests={"mirror": ((11, "d" * 64), DIGEST)}),
        "mirror: digest dddddddddddddddd… at 11, the registry has dddddddddddddddd… at 12",
    ),
    "a text that the read model has not": (
        lambda: evidence(texts=({"organisation/org-a": "old"}, {"organisation/org-a": "text"})),
        "graphql: organisation/org-a is listed with 'old', the log has 'text'",
    ),
    "an answer that nobody expects": (
        lambda: evidence(surprises=["PATCH /org-a: 500"]),
        "PATCH /org-a: 500",
    ),
}


@pytest.mark.parametrize("planted", PLANTED)
def test_what_is_planted_is_found_and_named(planted: str) -> None:
    make, expected = PLANTED[planted]
    assert any(finding.startswith(expected) for finding in make().findings()), make().findings()
