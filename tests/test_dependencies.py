"""What is asked for, what is pinned, what is explained and what is imported are the same."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
COMES_WITH = {"graphql-core": "strawberry-graphql", "pydantic-core": "pydantic", "starlette": "fastapi"}
"""Distributions that we import and leave to another one to choose the version of."""
EXTRAS = ("registry", "notifier", "graphql")
"""One for each process that can run alone; every one of them comes with the extras `process` and `kafka`."""
OURS = "digital-wallonia-registry"


def names(requirements: list[str]) -> set[str]:
    """Distribution names of requirement lines."""
    return {re.match(r"[\w.-]+", line)[0].lower() for line in requirements}  # type: ignore[index]


CLIENT = names(PROJECT["project"]["dependencies"])
OPTIONAL = {extra: names(lines) for extra, lines in PROJECT["project"]["optional-dependencies"].items()}
BASE = (CLIENT | OPTIONAL["kafka"] | OPTIONAL["process"]) - {OURS}
EXTRA = {extra: OPTIONAL[extra] - {OURS} for extra in EXTRAS}
GROUP = {group: names(lines) for group, lines in PROJECT["dependency-groups"].items()}
RUNNING = BASE.union(*EXTRA.values())


def pinned(lock: str) -> set[str]:
    """Distribution names of a lock file."""
    return set(re.findall(r"^([\w.-]+)==", (ROOT / lock).read_text(), re.MULTILINE))


def imported(*places: str) -> Iterator[tuple[str, str]]:
    """Each distribution whose modules the code of these places imports, with the file that does."""
    known = packages_distributions()
    for place in places:
        for file in [ROOT / place] if place.endswith(".py") else (ROOT / place).rglob("*.py"):
            for module in _modules(ast.parse(file.read_text())):
                for distribution in known.get(module, []):
                    yield distribution.lower().replace("_", "-"), str(file.relative_to(ROOT))


def _modules(tree: ast.Module) -> set[str]:
    found = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    found += [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and not node.level]
    return {name.partition(".")[0] for name in found} - sys.stdlib_module_names


def test_each_has_its_line_in_the_documentation_and_no_other_has_one() -> None:
    rows = re.findall(r"^\| `([\w.-]+)` \| .+ \| .+ \|$", (ROOT / "docs" / "dependencies.md").read_text(), re.MULTILINE)
    assert set(rows) == RUNNING.union(*GROUP.values())


def test_each_process_comes_with_what_every_process_needs() -> None:
    asked = PROJECT["project"]["optional-dependencies"]
    assert f"{OURS}[kafka]" in asked["process"]
    assert all(f"{OURS}[process]" in asked[extra] for extra in EXTRAS)
    assert OPTIONAL.keys() == {"kafka", "process", *EXTRAS}


def test_the_locks_pin_each() -> None:
    assert pinned("requirements.lock") >= RUNNING | GROUP["build"]
    assert pinned("requirements-test.lock") >= GROUP["test"]


def test_the_build_backend_is_the_one_that_is_pinned() -> None:
    assert names(PROJECT["build-system"]["requires"]) == GROUP["build"]


@pytest.mark.parametrize(
    ("places", "extras"),
    [
        (["services/events", "services/access", "services/http", "services/settings.py", "services/database.py"], []),
        (["services/registry"], ["registry"]),
        (["services/notifier"], ["notifier"]),
        (["graphql/graphql_api"], ["graphql"]),
        (["services", "migrations"], EXTRAS),
    ],
)
def test_a_part_imports_only_what_it_installs(places: list[str], extras: list[str]) -> None:
    installed = BASE.union(*(EXTRA[extra] for extra in extras)) | {OURS}
    stray = {(name, file) for name, file in imported(*places) if COMES_WITH.get(name, name) not in installed}
    assert stray == set()
