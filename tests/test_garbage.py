"""The pace of Python's search for garbage in a process that serves."""

import gc

from services.garbage import pace_search


def test_documents_in_use_are_not_searched() -> None:
    documents, before = [], gc.get_threshold()
    try:
        pace_search()
        gc.collect()
        searches = sum(found["collections"] for found in gc.get_stats())
        documents = [{"establishments": [{"address": {"number": number}}]} for number in range(500)]
        assert sum(found["collections"] for found in gc.get_stats()) == searches
    finally:
        gc.set_threshold(*before)
    assert len(documents) == 500
