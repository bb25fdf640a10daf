"""Every type of problem has a page in docs/problems, and every page a type."""

import importlib
import json
import pkgutil
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import graphql_api
import services
from services.problems import Problem, problem_types

PAGES = Path(__file__).resolve().parent.parent / "docs" / "problems"


def import_everything(package: ModuleType) -> None:
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        importlib.import_module(module.name)


@pytest.fixture(scope="module")
def types() -> dict[str, type[Problem]]:
    """The types that the system declares; tests have some of their own."""
    import_everything(services)
    import_everything(graphql_api)
    return {code: kind for code, kind in problem_types().items() if not kind.__module__.startswith("tests.")}


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return {file.stem: file.read_text(encoding="utf-8") for file in PAGES.glob("*.md")}


def example_in(page: str) -> dict[str, Any]:
    found = re.search(r"```json\n(.+?)\n```", page, re.DOTALL)
    assert found
    document: dict[str, Any] = json.loads(found[1])
    return document


def test_every_type_has_its_page_and_every_page_its_type(
    types: dict[str, type[Problem]], pages: dict[str, str]
) -> None:
    assert sorted(pages) == sorted(types)


def test_two_types_never_share_an_address(types: dict[str, type[Problem]]) -> None:
    declared = [kind.code() for kind in _all_below(Problem) if not kind.__module__.startswith("tests.")]
    assert sorted(declared) == sorted(types)


def _all_below(kind: type[Problem]) -> list[type[Problem]]:
    return [found for below in kind.__subclasses__() for found in (below, *_all_below(below))]


def test_a_page_says_when_it_happens_and_what_to_do(types: dict[str, type[Problem]], pages: dict[str, str]) -> None:
    for code, kind in types.items():
        page = pages[code]
        assert page.startswith(f"# {kind.title}\n"), code
        assert "## When it happens\n\n" in page, code
        assert "## What to do\n\n" in page, code


def test_the_example_of_a_page_is_one_of_its_type(types: dict[str, type[Problem]], pages: dict[str, str]) -> None:
    for code, kind in types.items():
        example = example_in(pages[code])
        assert (example["type"], example["title"], example["status"]) == (kind.type_uri(), kind.title, kind.status)
        assert example["detail"].endswith((".", "?")), code
        assert all(set(error) == {"pointer", "code", "detail"} for error in example.get("errors", ())), code


def test_links_between_pages_lead_somewhere(pages: dict[str, str]) -> None:
    for code, page in pages.items():
        for target in re.findall(r"\]\((?!http)([\w-]+)\.md\)", page):
            assert target in pages, f"{code} links to {target}"
