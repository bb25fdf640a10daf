"""The committed copies of the contracts: `python -m services.events.published` writes them anew.

A test compares them with what the code makes, and another one what the code makes with them: within a major version a
schema may only become wider for readers and writers alike.
"""

import json
from pathlib import Path

from services.events.asyncapi import asyncapi_document
from services.events.contracts.entries import Json
from services.events.contracts.schemas import schemas
from services.settings import Settings

_SETTINGS = Settings.model_construct(public_url="https://registry.example")
"""The defaults, whatever the environment says."""
FOLDER = Path(__file__).resolve().parents[2] / "docs" / "contracts"


def published() -> dict[str, str]:
    """Text of each file by its name."""
    documents = {f"schemas/{name}": schema for name, schema in schemas().items()}
    documents["asyncapi.json"] = asyncapi_document(_SETTINGS)
    return {name: _text(document) for name, document in documents.items()}


def _text(document: Json) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def main() -> None:
    """Write the files."""
    for name, text in published().items():
        file = FOLDER / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
