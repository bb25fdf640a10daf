"""The registry as its client sees it: what it tells, and what its client makes of answers that are not an answer."""

import json
import threading
from itertools import islice
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.access.roles import Role
from services.events.client import (
    AnswerUnreadable,
    Entry,
    GapInEntries,
    Position,
    PositionAhead,
    PositionBeyondFork,
    PositionExpired,
    PositionNotReached,
    PositionTooFarBack,
    Refused,
    Registry,
    SnapshotIncomplete,
    SourceUnavailable,
    Visibility,
)
from services.events.log.cutting import cut_before
from tests.events.client.hostile import Answer, answering, cut_off, dripping, raw, sending, silent
from tests.events.entries import Ecosystem, organisation_id
from tests.events.following.contract import digest_of
from tests.events.service import Service, events_service
from tests.support.serving import serving


class TestReading:
    def test_it_tells_where_the_log_stands_and_its_digest(self, ecosystem: Ecosystem, registry: Registry) -> None:
        last = ecosystem.fill(7)[-1]
        digest = registry.digest()
        assert registry.head() == digest.position == Position(1, 7)
        assert digest.digest == digest_of(ecosystem, registry.view)
        assert digest.published_ms == last.published_ms

    def test_a_snapshot_has_every_organisation(self, ecosystem: Ecosystem, registry: Registry) -> None:
        ecosystem.publish(1, description={"fr": "une ligne\u2028une autre\x85fin"})
        ecosystem.publish(2)
        with registry.snapshot() as snapshot:
            records = list(snapshot.records)
        assert [record.subject.id for record in records] == [organisation_id(1), organisation_id(2)]
        assert records[0].document["description"]["fr"] == "une ligne\u2028une autre\x85fin"

    def test_events_come_in_order_for_ever(self, ecosystem: Ecosystem, registry: Registry) -> None:
        ecosystem.fill(3)
        events = registry.events()
        first = list(islice(events, 3))
        ecosystem.publish(9)
        assert [event.position.number for event in [*first, next(events)]] == [1, 2, 3, 4]
        assert [event.position for event in islice(registry.events("1-3"), 1)] == [Position(1, 4)]

    def test_filters_leave_out_others(self, ecosystem: Ecosystem, registry: Registry) -> None:
        ecosystem.fill(3)
        ecosystem.publish(2, size_class="micro")
        (changed,) = islice(registry.events(types=["profile-changed"]), 1)
        assert changed.position == Position(1, 4)
        page = registry.page("1-0", criteria={"size_classes": ["micro"]})
        assert ([entry.position.number for entry in page.entries], page.position.number) == ([4], 4)
        with pytest.raises(Refused, match="criteria"):
            registry.page("1-0", criteria={"colour": "green"})

    def test_a_stop_ends_the_events(self, ecosystem: Ecosystem, registry: Registry) -> None:
        ecosystem.fill(2)
        stop = threading.Event()
        events = registry.events(stop=stop)
        next(events)
        stop.set()
        assert len(list(events)) == 1

    def test_a_position_that_was_given_up_is_told(self, ecosystem: Ecosystem, registry: Registry) -> None:
        ecosystem.fill(2)
        with ecosystem.restored_to_now():
            lost = ecosystem.publish(9).position
        ecosystem.fill(3, first=20)
        with pytest.raises(PositionBeyondFork, match="forked after position 2"):
            next(registry.events(lost))
        with pytest.raises(PositionAhead):
            next(registry.events("2-9"))
        with pytest.raises(PositionBeyondFork):
            registry.wait_for(lost)

    def test_what_is_written_can_be_waited_for(self, ecosystem: Ecosystem, registry: Registry) -> None:
        ecosystem.fill(1)
        registry.wait_for("1-1", seconds=0)
        with pytest.raises(PositionNotReached, match="1-2"):
            registry.wait_for("1-2", seconds=0.1)
        writing = threading.Timer(0.2, ecosystem.publish, args=(5,))
        writing.start()
        registry.wait_for("1-2", seconds=10)
        assert registry.head() == Position(1, 2)
        writing.join()

    def test_the_internal_view_needs_a_right(self, address: str, service: Service) -> None:
        with pytest.raises(Refused, match="401") as without:
            Registry(address, view="internal").head()
        assert without.value.status == 401
        with pytest.raises(Refused, match="403"):
            Registry(address, service.token(), "internal").head()
        assert Registry(address, service.token(Role.READER), "internal").head() == Position(1, 0)


class TestOlderPositions:
    def test_the_digest_there_is_the_one_it_was(self, ecosystem: Ecosystem, registry: Registry) -> None:
        digests = [registry.digest()]
        for step in (ecosystem.publish, ecosystem.publish, ecosystem.archive, ecosystem.hide, ecosystem.publish):
            step(len(digests) % 3)
            digests.append(registry.digest())
        assert [registry.digest(at=digest.position) for digest in digests] == digests

    def test_the_hashes_there_have_that_digest(self, ecosystem: Ecosystem, internal: Registry) -> None:
        ecosystem.fill(5)
        ecosystem.publish(1, {"turnover": {"eur": 1.0, "year": 2025}})
        before = internal.digest()
        ecosystem.archive(2)
        ecosystem.publish(1)
        with internal.hashes(at=before.position) as holding:
            found = sorted(held.subject.id for held in holding.subjects)
        assert (holding.digest, holding.position) == (before.digest, Position(1, 6))
        assert found == [organisation_id(number) for number in range(1, 6)]

    def test_a_log_that_was_cut_tells_the_digests_of_what_is_kept(
        self, ecosystem: Ecosystem, registry: Registry
    ) -> None:
        ecosystem.fill(3)
        digests = [registry.digest()]
        for number in (1, 2, 1, 3):
            ecosystem.publish(number, size_class="micro")
            digests.append(registry.digest())
        cut_before(ecosystem.engine, 6)
        assert [registry.digest(at=digest.position).digest for digest in digests[2:]] == [
            digest.digest for digest in digests[2:]
        ]
        with pytest.raises(PositionExpired):
            registry.digest(at="1-4")

    def test_one_that_lies_too_far_back_is_refused(self, ecosystem: Ecosystem, tmp_path: Path) -> None:
        ecosystem.fill(6)
        with serving(events_service(ecosystem, tmp_path, digest_entries_back=5).app) as address:
            registry = Registry(address)
            assert registry.digest(at="1-1").position == Position(1, 1)
            with pytest.raises(PositionTooFarBack, match="at most 5 entries back"):
                registry.digest(at="1-0")
            with pytest.raises(PositionAhead), registry.hashes(at="1-7"):
                pass
            ecosystem.signal.close()


PAGE = b'{"generation": 1, "position": 0, "more": false, "events": []}'
UNREADABLE = {
    "HTML": sending("200 OK", b"<html>Welcome to the new website</html>", "Content-Type: text/html"),
    "nothing": sending("200 OK", b""),
    "a number": sending("200 OK", b"17"),
    "other JSON": sending("200 OK", b'{"data": null}'),
    "a wrong type": sending("200 OK", PAGE.replace(b"0", b'"x"')),
    "events that are none": sending("200 OK", PAGE.replace(b"[]", b"[1, 2]")),
}
UNAVAILABLE = {
    "no HTTP": raw(b"SSH-2.0-OpenSSH_9.2\r\n"),
    "nothing at all": raw(b""),
    "cut off": cut_off(PAGE, 20),
    "503": sending("503 Service Unavailable", b"starting", "Retry-After: 7"),
    "502 of a proxy": sending("502 Bad Gateway", b"<html>"),
    "429": sending("429 Too Many Requests", b"{}", "Content-Type: application/problem+json"),
    "silent": silent,
    "dripping": dripping(b" ", 0.05),
}
REFUSED = {
    "redirect": sending("302 Found", b"", "Location: https://elsewhere.example/"),
    "404 without a problem": sending("404 Not Found", b"<html>"),
    "a broken problem": sending("403 Forbidden", b"{", "Content-Type: application/problem+json"),
}


class TestAnswersThatAreNone:
    @pytest.mark.parametrize("answer", UNREADABLE.values(), ids=UNREADABLE)
    def test_garbage_is_no_page_and_no_digest(self, answer: Answer) -> None:
        with answering(answer) as address:
            with pytest.raises(AnswerUnreadable):
                Registry(address).page("1-0")
            with pytest.raises(AnswerUnreadable):
                Registry(address).digest()

    @pytest.mark.parametrize("answer", UNAVAILABLE.values(), ids=UNAVAILABLE)
    def test_what_may_mend_is_told_as_such(self, answer: Answer) -> None:
        with answering(answer) as address, pytest.raises(SourceUnavailable) as caught:
            Registry(address, timeout_seconds=0.2).page("1-0")
        assert not isinstance(caught.value, Refused)

    @pytest.mark.parametrize("answer", REFUSED.values(), ids=REFUSED)
    def test_what_does_not_mend_ends_the_events(self, answer: Answer) -> None:
        with answering(answer) as address, pytest.raises(Refused):
            next(Registry(address).events())

    def test_a_redirect_is_not_followed_with_the_token(self) -> None:
        with answering(REFUSED["redirect"]) as address, pytest.raises(Refused, match=r"elsewhere\.example"):
            Registry(address, "a-token").head()

    def test_it_is_left_alone_as_long_as_it_asks(self) -> None:
        with answering(UNAVAILABLE["503"]) as address, pytest.raises(SourceUnavailable) as caught:
            Registry(address).head()
        assert caught.value.retry_after_seconds == 7

    @pytest.mark.parametrize("lost", [1, 15, 200])
    def test_a_snapshot_that_is_cut_off_is_noticed(self, lost: int) -> None:
        body = snapshot_text(2)
        with (
            answering(cut_off(body, len(body) - lost)) as address,
            pytest.raises(SourceUnavailable),
            Registry(address).snapshot() as snapshot,
        ):
            list(snapshot.records)

    def test_a_snapshot_with_garbage_in_it_is_noticed(self) -> None:
        body = snapshot_text(2).replace(b'"version": 1', b'"version": "x"')
        with (
            answering(sending("200 OK", body)) as address,
            pytest.raises(SnapshotIncomplete),
            Registry(address).snapshot() as snapshot,
        ):
            list(snapshot.records)

    def test_no_address_and_no_token_are_refused_at_once(self) -> None:
        for url in ("registry.example", "ftp://registry.example", "http://"):
            with pytest.raises(ValueError, match="write it whole"):
                Registry(url)
        with pytest.raises(ValueError, match="token"):
            Registry("http://registry.example", "two\nlines")
        with pytest.raises(ValueError, match="0 to 30"):
            Registry("http://registry.example", wait_seconds=60)
        with pytest.raises(ValueError, match="private"):
            Registry("http://registry.example", view="private")


def snapshot_text(count: int) -> bytes:
    first = {"generation": 1, "position": count, "published_ms": 1, "view": "public", "digest": "0" * 64}
    records = [
        {
            "subject": {"kind": "organisation", "id": organisation_id(number)},
            "version": 1,
            "generation": 1,
            "position": number,
            "document": {"id": organisation_id(number)},
        }
        for number in range(1, count + 1)
    ]
    return b"".join(json.dumps(line).encode() + b"\n" for line in [first, *records, {"end": True, "count": count}])


class TestMissingEntries:
    def test_a_page_that_leaves_out_an_entry_is_no_page(self, ecosystem: Ecosystem, registry: Registry) -> None:
        ecosystem.fill(3)
        for wrong in (self.without(registry, 1), self.moved_on(registry), self.backwards(registry)):
            with answering(sending("200 OK", json.dumps(wrong).encode())) as address, pytest.raises(GapInEntries):
                Registry(address).page("1-0")

    def without(self, registry: Registry, number: int) -> dict[str, Any]:
        page = told(registry)
        del page["events"][number]
        return page

    def moved_on(self, registry: Registry) -> dict[str, Any]:
        return told(registry) | {"position": 4}

    def backwards(self, registry: Registry) -> dict[str, Any]:
        page = told(registry)
        page["events"].reverse()
        return page

    def test_the_events_go_on_after_whatever_may_mend(self, ecosystem: Ecosystem, registry: Registry) -> None:
        ecosystem.fill(3)
        good = json.dumps(told(registry)).encode()
        trouble = [UNAVAILABLE["502 of a proxy"], UNREADABLE["HTML"], cut_off(good, 100)]
        with answering(*trouble, sending("200 OK", good)) as address:
            found: list[Entry] = list(islice(Registry(address).events(), 3))
        assert [entry.position.number for entry in found] == [1, 2, 3]


def test_a_word_that_is_new_in_a_list_is_taken_as_it_is(ecosystem: Ecosystem, registry: Registry) -> None:
    ecosystem.fill(1)
    page = told(registry)
    page["events"][0]["data"] |= {"origin": "crystal_ball", "actor": "oracle", "colour": "green"}
    page["events"][0]["type"] = "be.digitalwallonia.registry.profile-foreseen.v1"
    with answering(sending("200 OK", json.dumps(page).encode())) as address:
        (entry,) = Registry(address).page("1-0").entries
    assert (entry.origin.value, str(entry.actor), entry.event) == ("crystal_ball", "oracle", "profile-foreseen")
    assert entry.visibility is Visibility.ENTERED


def told(registry: Registry) -> dict[str, Any]:
    """The first page as the registry sends it."""
    page: dict[str, Any] = httpx.get(f"{registry.url}/events/v1/feed").json()
    return page
