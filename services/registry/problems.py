"""Problems that only the registry has.

Problem
├── StaleVersion          412  somebody else changed the organisation meanwhile
├── IllegalTransition     409  the profile's state does not allow this
├── NumberTaken           409  another organisation has this number
├── SlugTaken             409  the slug is, or was, another organisation's
├── LikelyDuplicate       409  the registry has organisations that look like this one
├── LastOwner             409  an organisation keeps one owner at least
└── IdempotencyKeyReused  422  the key came with another request before
"""

from collections.abc import Iterable, Sequence
from typing import Any

from services.events.contracts.vocabulary import ProfileState
from services.problems import FieldError, Problem


class StaleVersion(Problem):
    """`If-Match` names a version that is not the present one. Read again, then repeat the change on what you find."""

    status = 412
    title = "The organisation was changed meanwhile"

    def __init__(self, version: int, pointer: str = "header:If-Match") -> None:
        super().__init__(
            f"The organisation is at version {version}, not at the one sent. Read it again, then repeat the change.",
            errors=[FieldError(pointer, "stale", f"Name version {version} once the change still fits it.")],
            version=version,
        )


class IllegalTransition(Problem):
    """The state of the profile does not allow what was tried. `legal` lists what it does allow."""

    status = 409
    title = "The profile's state does not allow this"

    def __init__(self, state: ProfileState, tried: str, legal: Sequence[str]) -> None:
        allowed = f"it allows: {', '.join(legal)}" if legal else "nothing can be done with it any more"
        super().__init__(
            f"The profile is {state}, which does not allow {tried}; {allowed}.",
            state=state.value,
            tried=tried,
            legal=list(legal),
        )


class NumberTaken(Problem):
    """Another organisation has this enterprise or establishment number; `organisation` names it when it is public."""

    status = 409
    title = "Another organisation has this number"

    def __init__(self, errors: Iterable[FieldError], organisation: dict[str, Any] | None) -> None:
        known = {"organisation": organisation} if organisation else {}
        super().__init__(
            "A register number belongs to one organisation. If that is yours, ask its owner or the agency for access; "
            "if the number is wrong, correct it.",
            errors=errors,
            **known,
        )


class SlugTaken(Problem):
    """The slug is another organisation's, or was and redirects there. Choose another one."""

    status = 409
    title = "The slug is taken"

    def __init__(self, slug: str) -> None:
        super().__init__(
            f"The slug {slug} belongs, or redirects, to another organisation. Choose another one.",
            errors=[FieldError("/slug", "taken", "Choose another slug, or leave it out to get one from the title.")],
        )


class LikelyDuplicate(Problem):
    """The registry has organisations that look like this one: `candidates`, best first, each with the reasons.

    When it is another one all the same, send the same body again with `confirmation_token` in the header
    `DWR-Confirmation-Token`.
    """

    status = 409
    title = "The organisation looks like one that is registered"

    def __init__(self, candidates: list[dict[str, Any]], token: str, *, refused_token: bool) -> None:
        before = "The confirmation token sent is not for this body and these candidates, or is too old. "
        super().__init__(
            f"{before if refused_token else ''}Look at the candidates. If none is this organisation, send the same "
            "body again with confirmation_token in the header DWR-Confirmation-Token.",
            candidates=candidates,
            confirmation_token=token,
        )


class LastOwner(Problem):
    """The change would leave the organisation without an owner. Make somebody else owner first."""

    status = 409
    title = "An organisation keeps one owner at least"

    def __init__(self) -> None:
        super().__init__("This is the only owner left. Make another member owner first, then repeat this.")


class IdempotencyKeyReused(Problem):
    """The Idempotency-Key came with another request within the last 24 hours. Use a new key for a new request."""

    status = 422
    title = "The Idempotency-Key belongs to another request"

    def __init__(self) -> None:
        super().__init__(
            "This Idempotency-Key came with another request within the last 24 hours. Send a new key.",
            errors=[FieldError("header:Idempotency-Key", "reused", "Use a new key for each new request.")],
        )
