"""The committed copies of the contracts: `python -m services.events.published` writes them anew.

A test compares them with what the code makes, so that every change of them goes through this command; and it refuses a
schema that is not fully compatible with the one that it would replace.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from services.events.asyncapi import asyncapi_document
from services.events.contracts.compatibility import breaks
from services.events.contracts.entries import Json
from services.events.contracts.schemas import schemas
from services.settings import Settings

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "contracts"
_SCHEMAS = "schemas/"
_SETTINGS = Settings.model_construct(public_url="https://registry.example")
"""The defaults, whatever the environment says."""


def published() -> dict[str, str]:
    """Text of each file by its name."""
    documents = {_SCHEMAS + name: schema for name, schema in schemas().items()}
    documents["asyncapi.json"] = asyncapi_document(_SETTINGS)
    return {name: _text(document) for name, document in documents.items()}


def write(files: Mapping[str, str], folder: Path) -> None:
    """Replace the files of the folder. Raises ValueError, and writes nothing, if a schema may not be replaced so."""
    found = [f"{name}: {sentence}" for name, text in files.items() for sentence in _breaks(folder / name, name, text)]
    if found:
        raise ValueError("\n".join([*found, "Give the type a new major version, or make the change compatible."]))
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def _breaks(file: Path, name: str, text: str) -> list[str]:
    if not name.startswith(_SCHEMAS) or not file.exists():
        return []
    return list(breaks(json.loads(file.read_text("utf-8")), json.loads(text)))


def _text(document: Json) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    try:
        write(published(), FOLDER)
    except ValueError as error:
        sys.exit(str(error))
