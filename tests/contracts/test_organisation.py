"""The organisation document and its three parts."""

from datetime import date
from typing import Any, ClassVar

import pytest
from pydantic import ValidationError

from services.events.contracts.organisation import Organisation, PublicOrganisation, as_document
from services.events.contracts.vocabulary import ActivityKind, ProfileState

PRIVATE = {
    "platform_contact": {"name": "Planted Name", "email": "planted@example.org"},
    "founders": ["Planted Founder"],
    "headcount": {"count": 7654321, "unit": "persons", "year": 2025},
    "occupancy_percent": 61.25,
}


def organisation(**changes: Any) -> Organisation:
    """A published company with something in each part."""
    document: dict[str, Any] = {
        "id": "org-aaaaaaaaaaaaaaaa",
        "slug": "atelier-du-code",
        "state": "published",
        "registered_on": "2026-01-02",
        "title": {"fr": "Atelier du code"},
        "profiles": {"company": {"clients": ["b2b"]}},
        "enterprise_numbers": ["0403.227.515"],
        "email": "info@example.org",
        "phone": "081 12 34 56",
        "establishments": [
            {
                "number": "2.000.000.339",
                "phone": "081 12 34 56",
                "address": {
                    "street": "Rue de Fer",
                    "house_number": "1",
                    "nis_code": "92094",
                    "postal_code": "5000",
                    "point": {"longitude": 4.86, "latitude": 50.46},
                },
            }
        ],
        "export": {"exports": "yes", "contact": {"role": "Export", "email": "export@example.org"}},
        "restricted": {"turnover": {"eur": 1_234_567.0, "year": 2024}},
        "private": PRIVATE,
    }
    return Organisation.model_validate(document | changes)


def shown(**changes: Any) -> str:
    """The public document as text, or nothing."""
    public = organisation(**changes).public()
    return "" if public is None else PublicOrganisation.model_dump_json(public)


class TestPublicPart:
    def test_it_holds_neither_private_nor_restricted_values(self) -> None:
        text = shown()
        assert "Atelier du code" in text
        for value in ("Planted", "planted@", "7654321", "61.25", "1234567", "private", "restricted"):
            assert value not in text

    @pytest.mark.parametrize("state", list(ProfileState))
    def test_only_published_needing_information_and_stale_profiles_are_shown(self, state: ProfileState) -> None:
        assert bool(shown(state=state)) == (state in {"published", "needs_information", "stale"})

    def test_a_sole_trader_is_shown_without_what_is_personal(self) -> None:
        text = shown(private=PRIVATE | {"natural_person": True})
        assert "92094" in text, "the commune may be shown"
        for personal in ("0403227515", "2000000339", "info@", "+32", "Rue de Fer", "4.86", "export@"):
            assert personal not in text

    def test_a_sole_trader_who_consents_is_shown_whole(self) -> None:
        consenting = PRIVATE | {"natural_person": True, "display_consent": True}
        assert shown(private=consenting) == shown()

    def test_a_business_angel_who_is_a_person_is_hidden_unless_they_consent(self) -> None:
        angel = {"investor": {"stages": ["start_up"]}}
        person = PRIVATE | {"natural_person": True}
        assert not shown(profiles=angel, private=person)
        assert shown(profiles=angel, private=person | {"display_consent": True})


class TestDocument:
    def test_it_reads_back_as_the_same_organisation(self) -> None:
        assert Organisation.model_validate(as_document(organisation())) == organisation()

    def test_fields_at_their_default_are_left_out(self) -> None:
        document = as_document(organisation(websites=[]))
        assert "websites" not in document
        assert "logo" not in document

    def test_kinds_are_not_exclusive(self) -> None:
        found = organisation(profiles={"coworking": {"desks": 4}, "epn": {}, "company": {}})
        assert found.kinds == (ActivityKind.COMPANY, ActivityKind.COWORKING, ActivityKind.EPN)


@pytest.mark.parametrize(
    ("field", "value", "remedy"),
    [
        ("enterprise_numbers", ["0403.227.500"], "check digits"),
        ("title", {}, "at least one of fr, nl, de, en"),
        ("title", {"fr": "x" * 201}, "at most 200 characters"),
        ("title", {"fr": "a\u0000b"}, "U+0000"),
        ("profiles", {}, "at least one activity profile"),
        ("profiles", {"coworking": {"desks": "4"}}, "valid integer"),
        ("profiles", {"coworking": {"opening_hours": "when we like"}}, "Mo-Fr"),
        ("profiles", {"epn": {"animators": 1, "qualified_animators": 2}}, "qualified_animators"),
        ("websites", ["example.org"], "https://"),
        ("phone", "12", "telephone"),
        ("export", {"exports": "no", "share": {"percent": 5.0, "year": 2024, "source": "declared"}}, '"no"'),
        ("export", {"markets": [{"country": "XX", "status": "active"}]}, "ISO 3166-1"),
        ("relations", [{"kind": "partner"}], "target"),
        ("nace", [{"code": "62010"}], "version"),
        ("sector", "x", "Extra inputs"),
    ],
)
def test_a_wrong_value_cannot_be_constructed_and_says_the_remedy(field: str, value: Any, remedy: str) -> None:
    with pytest.raises(ValidationError) as refused:
        organisation(**{field: value})
    assert remedy in str(refused.value)
    assert refused.value.errors()[0]["loc"][0] == field


class TestLabelGrant:
    GRANT: ClassVar = {
        "id": "grant-aaaaaaaaaaaaaaaa",
        "label": "keep-it-secure",
        "issuer": "Agence du Numérique",
        "criteria_version": "1",
        "valid_from": "2023-01-01",
        "valid_until": "2025-12-31",
    }

    @pytest.mark.parametrize(
        ("day", "valid"),
        [("2022-12-31", False), ("2023-01-01", True), ("2025-12-31", True), ("2026-01-01", False)],
    )
    def test_a_label_is_not_shown_outside_its_dates(self, day: str, valid: bool) -> None:
        (grant,) = organisation(labels=[self.GRANT]).labels
        assert grant.is_valid(date.fromisoformat(day)) is valid

    def test_a_revoked_label_is_not_shown_from_that_day_on(self) -> None:
        (grant,) = organisation(labels=[self.GRANT | {"revoked_on": "2024-05-01"}]).labels
        assert grant.is_valid(date(2024, 4, 30))
        assert not grant.is_valid(date(2024, 5, 1))
