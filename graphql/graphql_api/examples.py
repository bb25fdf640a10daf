"""The operations that front ends and AWEX send: `graphql/operations/*.graphql`, with example variables beside each."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import orjson

_PACKAGE = Path(__file__).parent
_FOLDERS = (_PACKAGE / "operations", _PACKAGE.parent / "operations")
"""Inside an installed package, and in the source tree."""


@dataclass(frozen=True, slots=True)
class Example:
    """One document with variables to try it with."""

    name: str
    document: str
    variables: dict[str, Any]

    @property
    def is_mutation(self) -> bool:
        """Whether it writes."""
        return self._begins_with("mutation")

    @property
    def is_subscription(self) -> bool:
        """Whether it is answered again and again."""
        return self._begins_with("subscription")

    @property
    def is_read(self) -> bool:
        """Whether it is a query."""
        return self._begins_with("query")

    def _begins_with(self, kind: str) -> bool:
        # Each document is one operation below a line that says what it is for.
        return self.document.partition("\n")[2].startswith(kind)


@cache
def examples() -> tuple[Example, ...]:
    """All of them, by name."""
    folder = next((folder for folder in _FOLDERS if folder.is_dir()), None)
    return tuple(_read(path) for path in sorted(folder.glob("*.graphql"))) if folder else ()


def _read(path: Path) -> Example:
    beside = path.with_suffix(".variables.json")
    variables = orjson.loads(beside.read_bytes()) if beside.exists() else {}
    return Example(path.stem, path.read_text(encoding="utf-8"), variables)
