"""What processes wrote that is no line of their log: an exception that nobody caught, in a thread or at the end."""

from collections.abc import Iterable, Iterator
from pathlib import Path

_THREAD, _END = "Exception in thread", "Traceback (most recent call last)"


def uncaught(folder: Path, processes: Iterable[str]) -> Iterator[str]:
    """A sentence for each exception that nobody caught: the process, the thread, and the exception's own words."""
    for log in sorted(folder / f"{name}.log" for name in processes):
        text = log.read_text(errors="replace")
        lines = [line for line in text.splitlines() if line and not line.startswith("{")]
        if any(line.startswith((_THREAD, _END)) for line in lines):
            threads = [line.rstrip(":") for line in lines if line.startswith(_THREAD)]
            words = [line for line in lines if not line.startswith((" ", _THREAD, _END))]
            yield f"{log.stem}: {', '.join(threads) or 'an exception'}: {words[-1] if words else ''}"
