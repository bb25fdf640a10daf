"""The carried facts are those of the material they come from, and reading them waits until they are asked for."""

import csv
import json
import subprocess
import sys
from datetime import date
from pathlib import Path

from services.reference.communes import communes_on
from services.reference.geography import outline
from services.reference.grid import axes

MODULES = ("communes", "countries", "geography", "grid", "hours", "identifiers", "nace", "phone")


def test_the_communes_are_those_of_the_material(shared: Path) -> None:
    with (shared / "reference" / "wallonia_communes_2025.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["nis_code"], row["name_fr"], row["iso_3166_2"], row["postal_codes"]) for row in rows] == [
        (found.nis_code, found.name_fr, found.province.value, "|".join(found.postal_codes))
        for found in communes_on(date(2025, 6, 1))
    ]


def test_the_outlines_are_those_of_the_material(shared: Path) -> None:
    for metres in (100, 500):
        path = shared / "reference" / f"wallonia_communes_outline_{metres}m.geojson"
        for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
            kept = outline(feature["properties"]["nis"], metres).__geo_interface__
            assert json.loads(json.dumps(kept)) == feature["geometry"]


def test_the_titles_of_the_axes_are_those_of_the_material(shared: Path) -> None:
    grid = json.loads((shared / "reference" / "thematic_grid.json").read_text(encoding="utf-8"))
    titles = {
        axis["number"]: axis["title_fr"]
        for theme in grid["themes"]
        for objective in theme["objectives"]
        for axis in objective["axes"]
    }
    assert {number: axis.title_fr for number, axis in axes().items()} == titles


def test_importing_reads_no_table() -> None:
    imports = "; ".join(f"import services.reference.{name}" for name in MODULES)
    program = f"""
import services.reference.tables as tables
def refuse(name):
    raise AssertionError(name)
tables.read_text = refuse
{imports}
"""
    subprocess.run([sys.executable, "-c", program], check=True)
