"""Official readers of what we publish, which are programs for Node.js."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.servers import required

FOLDER = Path(__file__).with_name("readers")


@dataclass(frozen=True)
class Readers:
    """Node.js and the folder with the packages."""

    node: str
    packages: str

    def run(self, program: str, given: Any) -> Any:
        """What the program prints of what it is given, both as JSON."""
        words = [self.node, str(FOLDER / program), self.packages]
        text = json.dumps(given)
        done = subprocess.run(words, input=text, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture(scope="session")
def contract_readers() -> Readers:
    """The official readers of AsyncAPI documents and CloudEvents."""
    return Readers(required("DWR_TEST_NODE"), required("DWR_TEST_CONTRACT_READERS"))
