"""Stored documents become the models that they were made from, without their rules."""

from datetime import date

from services.events.contracts.organisation import Organisation, as_document
from services.events.contracts.texts import Title
from services.events.contracts.trusted import trusted
from services.registry.demo.ecosystem import generate_lives


def test_every_document_of_the_demo_becomes_the_model_that_its_rules_would_give() -> None:
    documents = [step.document for life in generate_lives(600, 3, date(2026, 11, 24)) for step in life]

    for document in documents:
        built, validated = trusted(Organisation, document), Organisation.model_validate(document)
        assert (built, repr(built)) == (validated, repr(validated))
        assert built.model_fields_set == validated.model_fields_set
        assert as_document(built) == document


def test_a_value_against_the_rules_is_taken_as_it_stands() -> None:
    assert trusted(Title, {"fr": "x" * 201}).fr == "x" * 201


def test_a_field_of_another_time_is_left_out() -> None:
    assert trusted(Title, {"fr": "Nom", "wa": "No"}) == Title(fr="Nom")
