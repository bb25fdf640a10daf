"""A partner's mirror as docs/client.md tells of it: a process of its own that knows the registry's client alone.

`python -m tests.proof.partner FILE REGISTRY [BROKERS]` keeps the mirror and writes what it is told into `FILE.told`,
before the mirror has it: when it is killed between the two, the same comes again.
"""

import json
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from services.events.client import Change, Mirror, Registry
from services.events.client.kafka import KafkaEntries
from tests.proof.told import told_by_entry

GAP_SECONDS = 300.0
"""Longer than any gap in the topic lasts: no snapshot may take the place of entries."""


def main() -> None:
    """Keep the mirror until SIGTERM."""
    file, address, *brokers = sys.argv[1:]
    registry, stop = Registry(address), threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    entries = KafkaEntries(brokers[0], registry, gap_seconds=GAP_SECONDS) if brokers else None
    with (
        told_file(Path(file)).open("a") as told,
        Mirror(file, registry, entries=entries, on_changes=lambda changes: _write(told, changes)) as mirror,
    ):
        mirror.run(stop)


def told_file(file: Path) -> Path:
    """Where a partner writes what it is told: a line for each change, which may be broken off where it was killed."""
    return file.with_name(f"{file.name}.told")


def _write(told: TextIO, changes: Sequence[Change]) -> None:
    lines = [json.dumps(told_by_entry(change.entry) if change.entry else change.id) for change in changes]
    told.write("".join(f"\n{line}" for line in lines))
    told.flush()


if __name__ == "__main__":
    main()
