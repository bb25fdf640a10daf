"""What can keep a mirror from being kept; what the registry answers has its own, see `Registry`."""

from pathlib import Path

from services.events.contracts.position import Position


class ClientError(Exception):
    """Base of what the client itself finds wrong; the text says what to do."""


class PositionNotReached(ClientError):  # noqa: N818 - the state of things, not a defect
    """A position that was waited for has not come."""

    def __init__(self, position: Position, seconds: float) -> None:
        super().__init__(f"{position} was not reached within {seconds:g} s; wait again, or longer")
        self.position = position


class MirrorInUse(ClientError):  # noqa: N818 - the same
    """Another mirror is kept in the same file."""

    def __init__(self, file: Path) -> None:
        super().__init__(
            f"{file} is kept by another Mirror already, here or in another process: stop that one, or give this one a "
            "file of its own. To read the file meanwhile, use MirrorFile."
        )


class NotAMirror(ClientError):  # noqa: N818 - the same
    """The file is something else than a mirror, or one that this version cannot read."""

    def __init__(self, file: Path, cause: str) -> None:
        super().__init__(f"{file} is not a mirror that can be used: {cause}. Name another file, or delete this one.")


class MirrorOfOtherView(ClientError):  # noqa: N818 - the same
    """The file mirrors another view than the one asked for."""

    def __init__(self, file: Path, found: str, wanted: str) -> None:
        super().__init__(f"{file} mirrors the view {found!r}, not {wanted!r}: name a file for each view")


class MirrorUnusable(ClientError):  # noqa: N818 - the same
    """The file cannot be read or written now: the disk is full or broken, the folder is not there."""

    def __init__(self, file: Path, cause: str) -> None:
        super().__init__(
            f"{file} cannot be used: {cause}. Nothing of the step under way is in it: mend the cause (space on the "
            "disk, the right to write), start again, and the mirror goes on from where it stood."
        )


class OnChangesFailed(ClientError):  # noqa: N818 - the same
    """What was to be done with the changes of a step failed in a database of its own."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(f"on_changes raised {cause!r}; the step is taken back and comes again")
