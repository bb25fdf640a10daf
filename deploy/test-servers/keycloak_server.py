"""Keycloak for the tests of sign-in: empty but for an administrator, whose password is of this run alone."""

import contextlib
import secrets
import tempfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

from containers import container, log_of
from machine import Environment, child, free_port, say, wait_until
from maven import fetched, java, version

VARIABLES = ("DWR_TEST_KEYCLOAK_URL", "DWR_TEST_KEYCLOAK_ADMIN", "DWR_TEST_KEYCLOAK_PASSWORD")
REMEDY = """\
  - set DWR_TEST_KEYCLOAK_URL, DWR_TEST_KEYCLOAK_ADMIN and DWR_TEST_KEYCLOAK_PASSWORD (an administrator of its realm
    `master`); or
  - start a Docker engine; or
  - install Java 17 or newer and Maven, as root: apt-get install default-jre-headless maven"""
VERSION = version("keycloak")
IMAGE = f"keycloak/keycloak:{VERSION}"
START_SECONDS = 240.0
"""The first start compiles its configuration: about 45 s on two free cores."""


@contextlib.contextmanager
def in_container() -> Iterator[Environment]:
    """The official image."""
    environment = _environment(port := free_port())
    arguments = ["start-dev", f"--http-port={port}"]
    with container(IMAGE, port, _administrator(environment), *arguments) as identifier:
        wait_until(lambda: bool(log_of(identifier)) and _answers(environment), "Keycloak's container", START_SECONDS)
        say(f"Keycloak in a container ({IMAGE}) at {environment[VARIABLES[0]]}")
        yield environment


@contextlib.contextmanager
def installed_here() -> Iterator[Environment]:
    """The published distribution, with its database in memory."""
    java()
    environment = _environment(port := free_port())
    program = _distribution() / "bin" / "kc.sh"
    arguments = ["start-dev", f"--http-port={port}", "--http-host=127.0.0.1", "--db=dev-mem"]
    with tempfile.TemporaryDirectory(prefix="dwr-keycloak-") as folder:
        variables = _administrator(environment)
        with child(["bash", program, *arguments], Path(folder, "log"), variables) as started:
            wait_until(lambda: bool(started.said()) and _answers(environment), "Keycloak", START_SECONDS)
            say(f"Keycloak {VERSION}, started here at {environment[VARIABLES[0]]}")
            yield environment


def _environment(port: int) -> Environment:
    return dict(zip(VARIABLES, (f"http://127.0.0.1:{port}", "admin", secrets.token_hex(16)), strict=True))


def _administrator(environment: Environment) -> Environment:
    _, name, password = (environment[variable] for variable in VARIABLES)
    return {"KC_BOOTSTRAP_ADMIN_USERNAME": name, "KC_BOOTSTRAP_ADMIN_PASSWORD": password}


def _answers(environment: Environment) -> bool:
    try:
        with urllib.request.urlopen(f"{environment[VARIABLES[0]]}/realms/master", timeout=5):
            return True
    except OSError:  # refused, reset or not yet 200
        return False


def _distribution() -> Path:
    artifact = f"-Dartifact=org.keycloak:keycloak-quarkus-dist:{VERSION}:zip"
    folder = fetched(f"keycloak-{VERSION}", "copy", artifact)
    unpacked = folder / f"keycloak-{VERSION}"
    if not unpacked.exists():
        with tempfile.TemporaryDirectory(dir=folder) as part, zipfile.ZipFile(next(folder.glob("*.zip"))) as archive:
            archive.extractall(part)
            Path(part, unpacked.name).rename(unpacked)
    return unpacked
