"""Official readers of what we publish, AsyncAPI's and CloudEvents': no server, programs that tests give ours to."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from machine import Environment, Unavailable
from node import LEAST_NODE, node, packages

VARIABLES = ("DWR_TEST_CONTRACT_READERS", "DWR_TEST_NODE")
REMEDY = f"""\
  - install Node.js {LEAST_NODE} or newer with npm, as root: apt-get install nodejs npm; or
  - set DWR_TEST_NODE to the program and DWR_TEST_CONTRACT_READERS to a folder where `npm ci` was run with the
    package.json and package-lock.json of tests/events/contracts/readers"""
_MANIFEST = Path(__file__).resolve().parents[2] / "tests" / "events" / "contracts" / "readers" / "package.json"


@contextlib.contextmanager
def in_container() -> Iterator[Environment]:
    """Not offered: they read what a test gives them, and need nothing else."""
    raise Unavailable("runs on this machine itself, not in a container")
    yield {}


@contextlib.contextmanager
def installed_here() -> Iterator[Environment]:
    """By the machine's Node.js, with the pinned packages in the cache folder."""
    program = node()
    yield {VARIABLES[0]: str(packages(_MANIFEST)), VARIABLES[1]: str(program)}
