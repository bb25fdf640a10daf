"""What the demo is made of, document by document."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import orjson
import pytest

from services.events.contracts.catalogue import Event
from services.events.contracts.entries import Json
from services.events.contracts.organisation import Organisation, as_document
from services.events.contracts.vocabulary import ActivityKind, Language, ProfileState
from services.reference.communes import communes_on, fold_name
from services.reference.geography import is_inside
from services.registry.demo.ecosystem import DEFAULT_ORGANISATIONS, generate, generate_lives
from services.registry.demo.spaces import LABEL_EPN, fulfils_epn_label
from services.registry.lifecycle import TRANSITIONS, Move

ON = date(2026, 11, 24)
_MOVES = {
    Event.SUBMITTED: Move.SUBMIT,
    Event.REJECTED: Move.REJECT,
    Event.INFORMATION_REQUESTED: Move.REQUEST_INFORMATION,
    Event.WENT_STALE: Move.MARK_STALE,
    Event.ARCHIVED: Move.ARCHIVE,
    Event.MERGED: Move.MERGE,
    Event.LABEL_GRANTED: Move.GRANT_LABEL,
}


@pytest.fixture(scope="module")
def documents() -> list[Json]:
    return list(generate(on=ON))


@pytest.fixture(scope="module")
def organisations(documents: list[Json]) -> list[Organisation]:
    return [Organisation.model_validate_json(orjson.dumps(document)) for document in documents]


def test_every_document_is_exactly_what_the_registry_would_store_of_it(
    documents: list[Json], organisations: list[Organisation]
) -> None:
    for document, organisation in zip(documents, organisations, strict=True):
        assert orjson.dumps(document) == orjson.dumps(as_document(organisation))


def test_the_same_arguments_give_the_same_documents(documents: list[Json]) -> None:
    assert documents == list(generate(on=ON))


def test_another_seed_gives_other_organisations(documents: list[Json]) -> None:
    others = list(generate(seed=1, on=ON))
    assert {document["id"] for document in documents}.isdisjoint(document["id"] for document in others)


def test_ids_slugs_numbers_and_hosts_are_each_their_own(documents: list[Json]) -> None:
    for values in (
        [document["id"] for document in documents],
        [slug for document in documents for slug in (document["slug"], *document.get("former_slugs", ()))],
        [number for document in documents for number in document.get("enterprise_numbers", ())],
        [place["number"] for document in documents for place in document["establishments"] if "number" in place],
        [website for document in documents for website in document["websites"]],
        [document["phone"] for document in documents if "phone" in document],
    ):
        gone = {document["slug"] for document in documents if document["state"] == "merged"}
        assert [value for value, times in Counter(values).items() if times > 1 and value not in gone] == []


def test_every_kind_and_every_state_is_there(organisations: list[Organisation]) -> None:
    assert {kind for organisation in organisations for kind in organisation.kinds} == set(ActivityKind)
    assert {organisation.state for organisation in organisations} == set(ProfileState)
    assert sum(len(organisation.kinds) > 1 for organisation in organisations) > 100


def test_every_commune_has_a_public_body_and_no_point_lies_outside_its_commune(documents: list[Json]) -> None:
    bodies = {
        document["profiles"]["public_body"].get("nis_code") for document in documents if _is(document, "public_body")
    }
    assert bodies >= {commune.nis_code for commune in communes_on(ON)}
    for address in _addresses(documents):
        assert is_inside(address["nis_code"], **address["point"], tolerance_m=0)


def test_organisations_are_where_the_people_are(documents: list[Json]) -> None:
    companies = [document for document in documents if _is(document, "company")]
    found = Counter(address["nis_code"] for address in _addresses(companies))
    inhabitants = {commune.nis_code: commune.inhabitants or 0 for commune in communes_on(ON)}
    most_inhabited = sorted(inhabitants, key=lambda code: -inhabitants[code])[:5]
    assert {code for code, _ in found.most_common(8)} >= set(most_inhabited)


def test_german_is_written_where_german_is_spoken_and_other_languages_by_some(documents: list[Json]) -> None:
    german = {commune.nis_code for commune in communes_on(ON) if commune.german_speaking}
    for document in documents:
        if not _is(document, "investor"):
            address = document["establishments"][0]["address"]
            assert ("de" in document["short_description"]) is (address["nis_code"] in german)
    languages = {language for document in documents for language in document["short_description"]}
    assert languages == set(Language)


def test_each_state_was_reached_by_legal_steps() -> None:
    for life in generate_lives(None, 2015, ON):
        states: dict[str, ProfileState] = {}
        for step in life:
            identifier, state = step.document["id"], ProfileState(step.document["state"])
            if step.event is not Event.REGISTERED:
                before = states[identifier]
                after = before if step.event is Event.ABSORBED else TRANSITIONS[before][_MOVES[step.event]]
                assert after is state
            states[identifier] = state


def test_links_lead_to_organisations_that_are_shown_and_were_there_before(organisations: list[Organisation]) -> None:
    shown: set[str] = set()
    links = 0
    for organisation in organisations:
        targets = {relation.target for relation in organisation.relations}
        links += len(targets)
        assert targets <= shown
        if organisation.public() is not None:
            shown.add(organisation.id)
    assert links > 500


def test_business_angels_are_hidden_unless_they_asked_to_be_shown(organisations: list[Organisation]) -> None:
    angels = [organisation for organisation in organisations if organisation.private.natural_person]
    assert {angel.public() is not None for angel in angels} == {True, False}
    assert all((angel.public() is not None) is angel.private.display_consent for angel in angels)


def test_the_epn_label_is_held_by_some_of_those_that_fulfil_its_criteria(documents: list[Json]) -> None:
    spaces = [document for document in documents if _is(document, "epn")]
    fulfilling = [document for document in spaces if fulfils_epn_label(document["profiles"]["epn"])]
    labelled = [
        document for document in spaces if any(grant["label"] == LABEL_EPN for grant in document.get("labels", ()))
    ]
    assert 40 < len(labelled) < len(fulfilling) < len(spaces)
    assert all(document in fulfilling for document in labelled)


def test_some_labels_are_over(organisations: list[Organisation]) -> None:
    grants = [grant for organisation in organisations for grant in organisation.labels]
    assert {grant.is_valid(ON) for grant in grants} == {True, False}


def test_no_name_is_one_of_a_real_start_up(documents: list[Json], shared: Path) -> None:
    graph = json.loads((shared / "real/startups/belgian_startup_graph_2016_no_persons.json").read_text())
    real = {word for node in graph["nodes"] for word in (fold_name(node["title"]), *fold_name(node["title"]).split())}
    roots = {re.sub(r"\.example$", "", document["email"].split("@")[1]) for document in documents}
    titles = {fold_name(title) for document in documents for title in document["title"].values()}
    assert roots.isdisjoint(real)
    assert titles.isdisjoint(real)


@pytest.mark.parametrize("organisations", [1, 2, 10, 99, 5_121])
def test_any_number_of_organisations_can_be_had(organisations: int) -> None:
    assert len({document["id"] for document in generate(organisations, on=ON)}) == organisations


def test_none_means_the_default_number() -> None:
    assert DEFAULT_ORGANISATIONS == 5_120


@pytest.mark.parametrize("organisations", [-1, 1_000_001])
def test_a_number_out_of_range_is_refused(organisations: int) -> None:
    with pytest.raises(ValueError, match="from 1 to 1000000"):
        list(generate(organisations, on=ON))


def _is(document: Json, kind: str) -> bool:
    return kind in document["profiles"]


def _addresses(documents: list[Json]) -> Iterator[Json]:
    return (place["address"] for document in documents for place in document["establishments"])
