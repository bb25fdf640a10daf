"""What the partners' mirrors have, read from their files by whoever likes, while they are kept and afterwards."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from services.events.client import ClientError, MirrorFile, Registry
from services.events.verifying.comparing import compare
from tests.proof.partner import told_file
from tests.proof.told import Told


class Partner:
    """One mirror, by its file."""

    def __init__(self, name: str, file: Path) -> None:
        self.name = name
        self._file = file

    def position(self) -> int:
        """Where it stands; 0 before its first snapshot, and while it cannot be read."""
        try:
            position = MirrorFile(self._file).position
        except ClientError:
            return 0
        return position.number if position else 0

    def has_begun(self) -> bool:
        """Whether it has its first snapshot."""
        return MirrorFile(self._file).position is not None

    def digest(self) -> tuple[int, str]:
        """Where it stands, and its digest there."""
        return self.position(), MirrorFile(self._file).digest

    def told(self) -> list[Told]:
        """What it was told, in order."""
        return [Told(*line) for line in self._lines() if isinstance(line, list)]

    def findings(self, address: str) -> Iterator[str]:
        """What a comparison with the registry names, the documents hashed anew; and what no entry had told."""
        with MirrorFile(self._file).held() as holding:
            report = compare(holding, Registry(address))
        if not report.equal:
            yield f"{self.name}: {report}"
        for identifier in self._lines():
            if isinstance(identifier, str):
                yield f"{self.name}: {identifier} came by a snapshot where entries should have come"

    def _lines(self) -> Iterator[Any]:
        for line in told_file(self._file).read_text().splitlines():
            try:
                yield json.loads(line)
            except ValueError:
                continue  # broken off: the same came again
