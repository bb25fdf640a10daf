"""Servers as containers, where a Docker engine answers."""

import contextlib
from collections.abc import Iterator, Mapping

from machine import Unavailable, call, last_lines, say

PULL_SECONDS = 300.0
"""How long an image may take to arrive; after that the server is installed here instead."""


def engine_answers() -> bool:
    """Whether a Docker engine takes our commands."""
    try:
        call(["docker", "version", "--format", "{{.Server.Version}}"], seconds=10)
    except Unavailable:
        return False
    return True


@contextlib.contextmanager
def container(image: str, port: int, environment: Mapping[str, str], *command: str) -> Iterator[str]:
    """A container that listens on `port`, inside and on this machine's loopback; gives its id."""
    _pull(image)
    variables = [f"--env={name}={value}" for name, value in environment.items()]
    publish = f"--publish=127.0.0.1:{port}:{port}"
    identifier = call(["docker", "run", "--detach", publish, *variables, image, *command]).strip()
    try:
        yield identifier
    finally:
        call(["docker", "rm", "--force", "--volumes", identifier])


def succeeds(identifier: str, *command: str) -> bool:
    """Whether a command inside the container succeeds."""
    try:
        call(["docker", "exec", identifier, *command])
    except Unavailable:
        return False
    return True


def log_of(identifier: str) -> str:
    """All that the container has printed; `Unavailable` when it has ended."""
    text = call(["sh", "-c", 'docker logs "$0" 2>&1', identifier])
    if call(["docker", "inspect", "--format={{.State.Running}}", identifier]).strip() != "true":
        raise Unavailable(f"the container ended:\n{last_lines(text)}")
    return text


def _pull(image: str) -> None:
    try:
        call(["docker", "image", "inspect", image])
    except Unavailable:
        say(f"fetching the image {image} (once)")
        call(["docker", "pull", "--quiet", image], seconds=PULL_SECONDS)
