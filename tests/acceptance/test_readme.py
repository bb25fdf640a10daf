"""The README is true: its examples are pasted into a shell, against `dwr up` with the demo; so are the operations."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from graphql_api.examples import Example, examples
from tests.acceptance.processes import Installation

README = Path(__file__).parents[2] / "README.md"
BLOCKS = re.findall(r"^### (.+?)\n.*?^```bash\n(.*?)^```", README.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Installation, str]]:
    installation = Installation(tmp_path_factory.mktemp("readme"), {})
    installation.run("migrate")
    installation.run("demo")
    with installation.serving("up") as address:
        yield installation, address


def test_there_is_an_example_for_each_kind_of_user() -> None:
    assert len(BLOCKS) == 4


@pytest.mark.parametrize("example", [block for _, block in BLOCKS], ids=[title for title, _ in BLOCKS])
def test_an_example_of_the_readme_works_as_it_is_pasted(example: str, demonstration: tuple[Installation, str]) -> None:
    installation, address = demonstration
    script = example.replace("http://127.0.0.1:8000", address)
    script = script.replace(".venv/bin/dwr", f"{sys.executable} -m services.cli")
    done = subprocess.run(
        ["/bin/bash", "-euo", "pipefail", "-c", script],
        cwd=installation.folder,
        env=installation.environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert '"errors"' not in done.stdout
    assert done.stdout.strip()


READS = [example for example in examples() if example.is_read]


@pytest.mark.parametrize("example", READS, ids=lambda example: example.name)
def test_an_example_operation_finds_something_in_the_demo(
    example: Example, demonstration: tuple[Installation, str]
) -> None:
    installation, address = demonstration
    request = {"query": example.document, "variables": example.variables}
    answer = httpx.post(f"{address}/graphql", json=request, headers=installation.token("analyst", "awex")).json()
    assert "errors" not in answer
    assert all(found and (isinstance(found, list) or found.get("totalCount", 1)) for found in answer["data"].values())
