"""ETags of answers to GET, made without making the answer.

An answer is a function of the position that it is made from, the day, what the caller may read, the document and its
variables, and of the program. So is its tag: who sends one back is told that nothing changed before anything is
executed, and processes of one version give the same tag. Two fields are no function of these: how far this process is
behind, and the position of a change, which only a process that saw it knows. Answers with them have no tag.
"""

from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from importlib import resources
from importlib.resources.abc import Traversable

import orjson
from graphql import DocumentNode, FieldNode

from graphql_api.fragments import every_selection
from graphql_api.schema.context import Context
from services.access.roles import Caller

_PASSING = frozenset({"changedAt", "lag"})
_BYTES = 15
"""Of a digest: 20 characters, and no two answers ever share them by chance."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What a GET asks the answer to be compared with."""

    tags: str
    """The header `If-None-Match`; empty without one."""
    media_type: str
    """Of the answer: each has tags of its own."""

    def is_met_by(self, tag: str) -> bool:
        """Whether the client has that answer (RFC 9110, 13.1.2)."""
        if not self.tags:
            return False
        known = {part.strip().removeprefix("W/") for part in self.tags.split(",")}
        return tag in known or "*" in known


def is_repeatable(document: DocumentNode) -> bool:
    """Whether answers have tags."""
    return not any(isinstance(node, FieldNode) and node.name.value in _PASSING for node in every_selection(document))


def tag_of(asked: tuple[str, str | None, object], media_type: str, context: Context) -> str:
    """The tag of the answer to these: document, operation name and variables."""
    caller, model = context.caller, context.model
    may_read = (sorted(caller.roles), caller.front, caller.subject is not None)
    place = (str(context.state.position), model.view, context.today)
    parts = orjson.dumps((program(), media_type, place, may_read, asked), option=orjson.OPT_SORT_KEYS)
    return f'"{blake2b(parts, digest_size=_BYTES).hexdigest()}"'


def caching(tag: str, caller: Caller) -> dict[str, str]:
    """Headers of an answer with that tag: everybody's may be kept by caches on the way, all ask before using it."""
    return {"ETag": tag, "Cache-Control": "public, no-cache" if caller.subject is None else "private, no-cache"}


@cache
def program() -> str:
    """A digest of the program and of the facts that it carries: another version may answer differently."""
    digest = blake2b(digest_size=_BYTES)
    for package in ("graphql_api", "services"):
        _add(resources.files(package), digest)
    return digest.hexdigest()


def _add(folder: Traversable, digest: "blake2b") -> None:
    for entry in sorted(folder.iterdir(), key=lambda one: one.name):
        if entry.is_dir() and entry.name != "__pycache__":
            _add(entry, digest)
        elif entry.is_file():
            digest.update(entry.name.encode())
            digest.update(entry.read_bytes())
