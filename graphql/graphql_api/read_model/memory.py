"""Memory that is not needed any more, given back to the system."""

import ctypes
from contextlib import suppress


def give_back() -> None:
    """Let the C library return what was freed: glibc keeps it otherwise, for the next load that may never come.

    Does nothing where the library has no such function.
    """
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)
