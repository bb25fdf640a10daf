"""Why a request is answered the ordinary way."""


class NotCovered(Exception):  # noqa: N818 - a decision, not a failure
    """The operation, or these variables of it, cannot be answered by a compiled plan."""
