"""The text index finds what was put in, and only that, however it came to be."""

import random
import string
import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphql_api.read_model.model import ReadModel
from graphql_api.read_model.text.folding import fold, words_of
from tests.graphql_api.documents import entry, organisation, snapshot
from tests.graphql_api.relevance.ecosystem import demo, written
from tests.graphql_api.relevance.slips import slip
from tests.graphql_api.text.held import Held, facts_from

_WORDS = ("Béton", "l'Atelier", "Data", "Datas", "S.A.", "Ourthe", "Sambre", "e-Meuse", "7E", "cité", "cite", "ville")
_CODES = ("robotics", "big_data", "unheard_of")
_words = st.lists(st.sampled_from(_WORDS), min_size=1, max_size=4).map(" ".join)
_titles = st.dictionaries(st.sampled_from(("fr", "nl", "de", "en")), _words, min_size=1, max_size=2)
_texts = st.dictionaries(st.sampled_from(("fr", "nl", "de", "en")), _words, max_size=2)
_numbers = st.sampled_from(((), ("0403227515",), ("0203430576",), ("0403227515", "0203430576")))
_typed = st.one_of(
    _words,
    st.sampled_from(_WORDS).map(lambda word: slip(word, random.Random(word))),  # noqa: S311 - the same in every run
    st.sampled_from(("d", "da", "sam", "0403.22", "robotique", "données", "béton ville", "unheard")),
)


@st.composite
def _documents(draw: st.DrawFn) -> dict[str, Any]:
    categories = draw(st.lists(st.sampled_from(_CODES), unique=True, max_size=2))
    return {
        "id": "org-aaaaaaaaaaaaaaaa",
        "slug": "one",
        "title": draw(_titles),
        "short_description": draw(_texts) or None,
        "description": draw(_texts) or None,
        "profiles": {"company": {}},
        "categories": [{"scheme": "technologies", "code": code} for code in categories],
        "enterprise_numbers": list(draw(_numbers)),
        "registered_on": "2020-01-01",
        "state": "published",
    }


_changes = st.lists(st.tuples(st.integers(0, 5), st.one_of(st.none(), _documents())), max_size=25)


@given(changes=_changes, typed=st.lists(_typed, min_size=1, max_size=6))
@settings(max_examples=200)
def test_an_index_that_was_changed_answers_like_one_made_from_what_is_there(
    changes: list[tuple[int, dict[str, Any] | None]], typed: list[str]
) -> None:
    changed = Held()
    for place, (ordinal, document) in enumerate(changes):
        changed.replace(ordinal, facts_from(document) if document else None)
        if place % 5 == 0:
            changed.scores(typed[0])
    made = Held()
    for ordinal, facts in sorted(changed.facts.items()):
        made.replace(ordinal, facts)
    for text in typed:
        assert changed.scores(text) == made.scores(text), text


@given(documents=st.lists(_documents(), max_size=30), typed=st.lists(_typed, min_size=1, max_size=6))
@settings(max_examples=200)
def test_texts_put_in_together_are_found_like_those_put_in_one_by_one(
    documents: list[dict[str, Any]], typed: list[str]
) -> None:
    facts = [facts_from(document) for document in documents]
    together, alone = Held(most_gathered=20), Held(facts)
    together.fill(facts)
    for text in typed:
        assert together.scores(text) == alone.scores(text), text
    for ordinal in range(0, len(facts), 2):
        together.replace(ordinal, None)
        alone.replace(ordinal, None)
    for text in typed:
        assert together.scores(text) == alone.scores(text), text


@given(st.lists(st.one_of(st.text(), st.text(st.sampled_from("aéß.’œ½\n -Ωя"), max_size=12), _words), max_size=8))
def test_texts_are_folded_together_as_one_by_one(texts: list[str]) -> None:
    assert words_of(texts) == [fold(text).split() for text in texts]


@given(st.text(st.sampled_from("aZéÀßÆœŒŠ0.½’‘“”–—…•€™ƒˆ "), max_size=12))
def test_a_text_is_folded_alike_beside_a_word_of_another_script(text: str) -> None:
    alone = fold(f"a {text}").split()
    assert fold(f"a {text} Ω").split() == [*alone, "ω"]


@pytest.fixture(scope="module")
def ecosystem() -> Held:
    return Held(facts_from(document) for document in [*written(), *demo()])


def test_every_title_finds_its_organisation_first_or_one_of_the_same_title(ecosystem: Held) -> None:
    for facts in ecosystem.facts.values():
        for title in facts.titles:
            first = ecosystem.facts[ecosystem.first(title, 1)[0]]
            assert fold(title) in {fold(other) for other in first.titles}, title


def test_every_beginning_of_a_title_finds_its_organisation(ecosystem: Held) -> None:
    for ordinal in range(0, len(ecosystem.facts), 17):
        title = ecosystem.facts[ordinal].titles[0]
        for end in range(1, len(title) + 1):
            if fold(title[:end]):
                assert ordinal in ecosystem.text.search(title[:end]).found, title[:end]


def test_one_letter_more_never_finds_a_title_that_does_not_begin_a_word_so(ecosystem: Held) -> None:
    found = [len(ecosystem.text.search("hydroptere"[:end]).found) for end in range(1, 11)]
    assert found[:4] == sorted(found[:4], reverse=True)
    assert found[-1] == 1


@given(title=st.text(min_size=1, max_size=200).filter(lambda text: text.strip()))
@settings(max_examples=300)
def test_any_title_at_all_finds_itself(title: str) -> None:
    document = {"id": "a", "slug": "a", "title": {"fr": title}, "profiles": {}, "registered_on": "2020-01-01"}
    held = Held([facts_from(document)])
    if fold(title):
        assert held.first(title, 1) == [0]


_HOSTILE = {
    "one letter 200 times": "a" * 200,
    "a hundred letters apart": "a " * 100,
    "every letter apart": " ".join(string.ascii_lowercase),
    "many different words": " ".join(f"x{number}y" for number in range(45)),
    "digits": "9" * 200,
    "few digits": "0",
    "one symbol": "🚀",
    "many symbols": "🚀👩‍👩‍👧" * 25,
    "right to left": "\u202eאבגד\u202c مرحبا",
    "control characters": "\x00\x01\x1b[31m\x7f" * 20,
    "combining marks alone": "\u0301" * 50,
    "zero width": "\u200b\u200d\ufeff",
    "long word that nearly is one": "robotiquerobotiquerobotiquerobotiquerob",
    "a word made of words": "datadatadatadatadatadatadatadatadatadata",
    "separators": "-._/&'’" * 20,
    "a pattern": "(a+)+$" * 20,
    "lone surrogate": "\ud800abc",
}


@pytest.mark.parametrize("text", _HOSTILE.values(), ids=_HOSTILE.keys())
def test_hostile_texts_are_answered_within_milliseconds(ecosystem: Held, text: str) -> None:
    spent = []
    for number in range(3):
        began = time.process_time()
        ecosystem.first(text + " " * number, 10)  # never an answer that was kept
        spent.append(time.process_time() - began)
    assert min(spent) < 0.02


def test_a_renamed_organisation_is_found_by_its_new_name_alone_at_the_position_of_the_change() -> None:
    model = ReadModel()
    model.load(snapshot(20))
    before = organisation(7)
    after = replace(before, document={**before.document, "title": {"fr": "Tournesol"}})
    old = before.document["title"]
    assert all(7 in model.state.text.search(title).found for title in old.values())
    assert not model.state.text.search("tournesol").found
    model.apply([entry(21, before, after)])
    assert list(model.state.text.search("tournesol").found) == [7]
    assert all(7 not in model.state.text.search(title).found for title in old.values())
    model.apply([entry(22, after, None)])
    assert not model.state.text.search("tournesol").found


def test_a_change_of_something_else_leaves_the_texts_unread(ecosystem: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = ecosystem.facts[3]
    monkeypatch.setattr("graphql_api.read_model.text.index.fold", lambda _text: pytest.fail("the text was read"))
    ecosystem.text.replace(3, facts, facts_from(written()[3]))
    assert ecosystem.facts[3] == facts
