"""The rule of made-up names and numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.events.contracts.values import Model, Phone
from services.reference.identifiers import EnterpriseNumber, EstablishmentNumber
from services.registry.demo import names
from services.registry.demo.places import _ZONES as ZONES

numbers = st.integers(0, names.MOST - 1)


class _Callable(Model):
    phone: Phone


@given(numbers, st.integers(0, 1))
def test_numbers_have_true_check_digits(number: int, unit: int) -> None:
    EnterpriseNumber.parse(names.enterprise_number(number))
    EstablishmentNumber.parse(names.establishment_number(number, unit))


@given(numbers, numbers, st.integers(0, 10_000))
def test_two_organisations_never_have_the_same_root(one: int, other: int, seed: int) -> None:
    assert (names.root(one, seed) == names.root(other, seed)) is (one == other)


def test_a_million_roots_are_a_million_words() -> None:
    assert len({names.root(number, 3) for number in range(0, names.MOST, 7)}) == len(range(0, names.MOST, 7))


@pytest.mark.parametrize("real", sorted(names.REAL_WORDS))
def test_words_that_mean_something_are_not_used(real: str) -> None:
    place = next((place for place in range(70**3) if names._word(place) == real), None)  # noqa: SLF001
    if place is not None:
        assert all(names.root(number, 0) != real for number in range(place, 343_000, 343_000))


def test_more_roots_than_the_rule_keeps_apart_are_refused() -> None:
    with pytest.raises(ValueError, match="ends at"):
        names.root(70**3 * 4, 0)


@given(st.sampled_from(sorted(ZONES.values())), st.integers(0, names.TELEPHONES - 1))
def test_telephone_numbers_are_well_formed(zone: str, number: int) -> None:
    phone = names.phone(zone, number)
    assert _Callable(phone=phone).phone == phone
