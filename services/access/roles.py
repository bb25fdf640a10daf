"""Roles, relations, and the caller that every request is made by."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a caller is to the whole system. The access token names it."""

    MEMBER = "member"
    """Any authenticated caller: may register an organisation and keep saved searches."""
    MODERATOR = "moderator"
    """The agency: reviews, labels, merges, imports."""
    AWEX = "awex"
    """An analyst of the export agency."""
    FRONT = "front"
    """A platform front end, server to server; `Caller.front` says which client site."""
    READER = "reader"
    """A reader of ours that follows the internal view of the log: read model, notifier."""
    OPERATOR = "operator"
    """Whoever keeps the system running."""


class Relation(StrEnum):
    """What a caller is to one thing: an organisation, a saved search."""

    OWNER = "owner"
    EDITOR = "editor"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who makes a request. Without a subject it is nobody in particular and has no role."""

    subject: str | None = None
    """The token's subject, stable and unique at the issuer. Personal: it goes into no log, event or message."""
    roles: frozenset[Role] = frozenset()
    front: str | None = None
    """Code of the client site that a caller with the role `front` serves."""

    def __post_init__(self) -> None:
        if self.subject is None and self.roles:
            raise ValueError("a caller with a role has a subject")
        if self.subject is not None:
            object.__setattr__(self, "roles", self.roles | {Role.MEMBER})

    @property
    def name(self) -> str:
        """The caller in logs: a digest of the subject, the same for all requests of one caller."""
        if self.subject is None:
            return "anonymous"
        return "caller-" + hashlib.blake2b(self.subject.encode(), digest_size=8).hexdigest()


ANONYMOUS = Caller()
