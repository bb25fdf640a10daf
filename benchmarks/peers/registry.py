"""The subject that is ours: documents compiled over the read model."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks.graphql_server import command
from benchmarks.peers.questions import Question
from benchmarks.peers.subjects import Subject
from benchmarks.processes import started

NAME = "registry"


@contextmanager
def registry(organisations: int) -> Iterator[Subject]:
    """The GraphQL API of this project in a process."""
    with started(command(organisations)) as server:
        yield Subject(NAME, "our GraphQL", server, _ask)


def _ask(question: Question, variables: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return "/graphql", {"query": question.graphql, "variables": variables}
