"""Reading the files of `data/`, which travel inside the package."""

import csv
import json
from importlib import resources
from typing import Any


def read_text(name: str) -> str:
    """The text of a file of `data/`."""
    return resources.files("services.reference").joinpath("data", name).read_text(encoding="utf-8")


def read_json(name: str) -> Any:
    """The content of a JSON or GeoJSON file of `data/`."""
    return json.loads(read_text(name))


def read_rows(name: str, delimiter: str = ",") -> list[dict[str, str]]:
    """The rows of a delimited file of `data/` whose first line names the columns; quotes in it are plain characters."""
    return list(csv.DictReader(read_text(name).splitlines(), delimiter=delimiter, quoting=csv.QUOTE_NONE))
