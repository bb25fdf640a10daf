"""The real Belgian start-up graph goes in by the command line and is queried over GraphQL."""

from collections import Counter
from pathlib import Path
from typing import Any

import httpx

from tests.acceptance.processes import Installation, one_process
from tests.registry.importing.startup_graph import startup_graph_jsonl

PAGE = """query ($after: String) {
  organisations(first: 100, after: $after) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes { id kinds title { text } relations { kind organisation { id title { text } } } }
  }
}"""
BY_NAME = """{
  organisations(search: "ubidata", first: 1) {
    nodes { title { text } relations { kind organisation { title { text } kinds } } }
  }
}"""


def test_the_start_up_graph_is_imported_and_queried(tmp_path: Path, shared: Path) -> None:
    installation = Installation(tmp_path, {})
    file = str(startup_graph_jsonl(shared, tmp_path))
    installation.run("migrate")
    assert "388 created" in installation.run("import", "organisations", file)
    with one_process(installation) as addresses:
        assert _pages(addresses["graphql"]) == [], "a dry run writes nothing"
    assert "388 created" in installation.run("import", "organisations", file, "--apply")
    assert "388 unchanged" in installation.run("import", "organisations", file, "--apply")
    with one_process(installation) as addresses:
        _check_graph(_pages(addresses["graphql"]))
        _check_relations(_ask(addresses["graphql"], BY_NAME)["organisations"]["nodes"][0])


def _check_graph(found: list[dict[str, Any]]) -> None:
    assert len({node["id"] for node in found}) == len(found) == 388
    kinds = Counter(kind for node in found for kind in node["kinds"])
    assert kinds["company"] == 303
    assert kinds["investor"] == 52
    assert sum(kinds[kind] for kind in ("incubator", "research_centre", "public_body", "cluster")) == 36
    relations = [relation for node in found for relation in node["relations"]]
    assert len(relations) == 169, "170 links of which one is said twice"
    assert all(relation["organisation"] for relation in relations)


def _check_relations(ubidata: dict[str, Any]) -> None:
    assert ubidata["title"]["text"] == "Ubidata"
    investors = [link["organisation"] for link in ubidata["relations"] if link["kind"] == "investor"]
    assert {investor["title"]["text"] for investor in investors} == {"Qbic", "Cytiholding"}
    assert all("investor" in investor["kinds"] for investor in investors)


def _pages(address: str) -> list[dict[str, Any]]:
    """Every organisation, page by page."""
    found: list[dict[str, Any]] = []
    after = None
    while True:
        page = _ask(address, PAGE, after=after)["organisations"]
        found += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            assert len(found) == page["totalCount"]
            return found
        after = page["pageInfo"]["endCursor"]


def _ask(address: str, query: str, **variables: Any) -> dict[str, Any]:
    answer = httpx.post(f"{address}/graphql", json={"query": query, "variables": variables}).json()
    assert "errors" not in answer, answer
    data: dict[str, Any] = answer["data"]
    return data
