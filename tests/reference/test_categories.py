from services.events.contracts.organisation import Category
from services.reference.categories import category_names, named_categories


def test_every_named_category_is_one_that_documents_may_hold_and_has_a_name_in_each_language() -> None:
    for scheme, code in named_categories():
        Category(scheme=scheme, code=code)
        assert all(category_names(scheme, code)[language] for language in ("fr", "nl", "de", "en"))


def test_a_category_that_the_table_does_not_know_has_no_names() -> None:
    assert category_names("technologies", "unheard_of") == {}
    assert category_names("technologies", "robotics")["nl"] == "Robotica"
