"""The committed copies of the contracts: `python -m services.events.published` writes them anew.

A test compares them with what the code makes, so that every change of them goes through this command; and it refuses a
schema that is not fully compatible with those that it would follow, and a major version that ends before its time.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from services.events.asyncapi import asyncapi_document
from services.events.contracts.editions import broken_line, broken_promises, index, with_edition
from services.events.contracts.entries import Json
from services.events.contracts.majors import CATALOGUE, Catalogue
from services.events.contracts.schemas import internal_schemas, schemas
from services.events.reference_page import reference_page
from services.settings import Settings

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "contracts"
_SCHEMAS, _EDITIONS, _INDEX = "schemas/", "editions/", "catalogue.json"
_SETTINGS = Settings.model_construct(public_url="https://registry.example")
"""The defaults, whatever the environment says."""
_REMEDY = "Give the events a new major version, or make the change compatible (decision 0014)."
Files = Mapping[str, str]


def published(catalogue: Catalogue = CATALOGUE, before: Files | None = None) -> dict[str, str]:
    """Text of each file by its name, after what was published before."""
    found = schemas(catalogue)
    documents: dict[str, Json | list[Json]] = {_SCHEMAS + name: schema for name, schema in found.items()}
    documents |= _with_editions(found | internal_schemas(catalogue), before or {})
    documents |= {"asyncapi.json": asyncapi_document(_SETTINGS, catalogue), _INDEX: index(catalogue)}
    page = {"README.md": reference_page(_SETTINGS.effective_public_url, catalogue)}
    return {name: _text(document) for name, document in documents.items()} | page


def read(folder: Path) -> dict[str, str]:
    """What was published before."""
    return {
        file.relative_to(folder).as_posix(): file.read_text("utf-8") for file in folder.rglob("*") if file.is_file()
    }


def publish(catalogue: Catalogue, folder: Path, today: date) -> None:
    """Replace the files of the folder. Raises ValueError, and writes nothing, if they may not be replaced so."""
    before = read(folder)
    after = published(catalogue, before)
    if found := list(refusals(before, after, today)):
        raise ValueError("\n".join([*found, _REMEDY]))
    for name in before.keys() - after.keys():
        if not name.startswith(_EDITIONS):
            (folder / name).unlink()
    for name, text in after.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def refusals(before: Files, after: Files, today: date) -> Iterator[str]:
    """Why the files may not follow those of before."""
    for name in sorted(name for name in after if name.startswith(_EDITIONS)):
        yield from broken_line(_of(name), json.loads(after[name]))
    if _INDEX in before:
        yield from broken_promises(json.loads(before[_INDEX]), json.loads(after[_INDEX]), today)


def _with_editions(found: Mapping[str, Json], before: Files) -> dict[str, list[Json]]:
    """The files of editions: of the schemas that have something of their own, and not a reference alone."""
    edited = {_EDITIONS + name: schema for name, schema in found.items() if "$defs" in schema}
    return {name: with_edition(json.loads(before.get(name, "[]")), schema) for name, schema in edited.items()}


def _of(name: str) -> str:
    return name.removeprefix(_EDITIONS)


def _text(document: Json | list[Json]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    try:
        publish(CATALOGUE, FOLDER, datetime.now(UTC).date())
    except ValueError as error:
        sys.exit(str(error))
