"""The shape of the repository: names that must not be shadowed, what goes where, what never goes in."""

import hashlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TREE = """
    README.md pyproject.toml Makefile requirements.lock requirements-test.lock .ci/run
    services/py.typed services/cli.py services/composition services/events services/registry services/notifier
    graphql/schema.graphql graphql/operations graphql/graphql_api/py.typed
    migrations/env.py migrations/events migrations/registry migrations/notifier
    deploy/test-servers docs/decisions docs/problems docs/dependencies.md benchmarks
"""


def tracked() -> list[Path]:
    """Files that are in the repository or about to be."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [path for name in names.split("\0") if name and (path := ROOT / name).is_file()]


class TestTheNameGraphql:
    def test_it_means_graphql_core_wherever_python_starts(self) -> None:
        code = "import graphql, graphql_api; print(graphql.__file__, graphql.version, graphql_api.__file__)"
        found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
        core, version, ours = found.stdout.split()
        assert ROOT / "graphql" not in Path(core).parents
        assert version.startswith("3.")
        assert Path(ours) == ROOT / "graphql" / "graphql_api" / "__init__.py"

    @pytest.mark.parametrize("path", ["graphql/__init__.py", "tests/graphql"])
    def test_nothing_can_shadow_it(self, path: str) -> None:
        assert not (ROOT / path).exists()


@pytest.mark.parametrize("path", TREE.split())
def test_the_tree_is_as_designed(path: str) -> None:
    assert (ROOT / path).exists()


def test_tests_are_packages_throughout() -> None:
    folders = {file.parent for file in (ROOT / "tests").rglob("*.py")}
    assert [str(folder) for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []


# Written so that this file does not match itself.
FOREIGN = re.compile(
    r"(?:pypi|crates)\.(?:org|io)|pythonhosted\.(?:org)|npmjs\.(?:com|org)|golang\.(?:org)|quay\.(?:io)|ghcr\.(?:io)"
    r"|(?:files|registry|repo1?|deb|static)\.[a-z]+\.(?:org|io|com)\b|/maven2[/]"
    r"|(?<![\w.}])/(?:root|work|home|tmp)/",
)


def test_no_package_registry_and_no_path_of_a_machine_is_named() -> None:
    found = []
    for file in tracked():
        for number, line in enumerate(file.read_text(errors="replace").splitlines(), 1):
            if match := FOREIGN.search(line):
                found.append(f"{file.relative_to(ROOT)}:{number}: {match[0]}")
    assert found == []


def test_no_input_material_is_carried_in(shared: Path) -> None:
    material = [file for folder in ("standards", "real") for file in (shared / folder).rglob("*") if file.is_file()]
    digests = {hashlib.sha256(file.read_bytes()).digest() for file in material}
    assert material
    assert [str(file) for file in tracked() if hashlib.sha256(file.read_bytes()).digest() in digests] == []
