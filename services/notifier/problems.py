"""Problems that only the notifier has.

Problem
├── SearchChanged     412  the saved search was changed meanwhile
├── SearchNotActive   409  nothing is delivered for a search that is paused or disabled
└── TooManySearches   409  the caller has as many saved searches as one may have
"""

from services.notifier.vocabulary import SearchState
from services.problems import FieldError, Problem


class SearchChanged(Problem):
    """`If-Match` names a version of the saved search that is not the present one. Read it again, then repeat.

    The notifier itself raises the version when it disables a search.
    """

    status = 412
    title = "The saved search was changed meanwhile"

    def __init__(self, sent: int, version: int) -> None:
        super().__init__(
            f'If-Match is "{sent}", and the search is at version {version}. Read it again, then repeat.',
            errors=[FieldError("header:If-Match", "stale", f'Send "{version}" once the change still fits it.')],
            version=version,
        )


class SearchNotActive(Problem):
    """Nothing is delivered for a search that is paused or disabled. Set its state to `active` first."""

    status = 409
    title = "The saved search is not active"

    def __init__(self, state: SearchState, reason: str | None) -> None:
        because = f" because {reason}" if reason else ""
        super().__init__(
            f'The search is {state}{because}. PATCH it with {{"state": "active"}}, then repeat.', state=state.value
        )


class TooManySearches(Problem):
    """The caller has as many saved searches as one caller may have. Delete one, or widen the criteria of another."""

    status = 409
    title = "Too many saved searches"

    def __init__(self, limit: int) -> None:
        super().__init__(f"You have {limit} saved searches, which is the limit. Delete one first.", limit=limit)
