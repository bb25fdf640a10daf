"""Carry the facts about the territory and the strategy's grid into `services/reference/data/`.

    python -m scripts.carry_territory FOLDER

FOLDER holds the files that `services/reference/data/SOURCES.md` names. `former_communes.csv` is kept by hand: it says
which codes ended, when, and what became of them.
"""

import csv
import json
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent.parent / "services" / "reference" / "data"
COLUMNS = (
    "nis_code", "name_fr", "name_de", "name_nl", "province", "arrondissement", "language_regime", "german_speaking",
    "inhabitants", "postal_codes", "valid_from", "valid_until", "successor",
)  # fmt: skip
GERMAN_NAMES = {
    "63001": "Amel", "63012": "Büllingen", "63013": "Bütgenbach", "63023": "Eupen", "63040": "Kelmis",
    "63048": "Lontzen", "63049": "Malmedy", "63061": "Raeren", "63067": "Sankt Vith", "63080": "Weismes",
    "63087": "Burg-Reuland",
}  # fmt: skip
DUTCH_NAMES = {"51019": "Vloesberg", "51067": "Edingen", "57096": "Moeskroen", "57097": "Komen-Waasten"}
LINES_OF_THE_STORED_TEXT = ("seed_line", "words_in_seed")


def main(folder: Path) -> None:
    """Write communes, outlines and grid from the files in `folder`."""
    _write_communes(folder)
    for metres in (100, 500):
        _write_outlines(folder, metres)
    _write_grid(folder)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _write_communes(folder: Path) -> None:
    inhabitants = {row["nis_code"]: row["inhabitants_2020"] for row in _rows(folder / "wallonia_inhabitants_2020.csv")}
    began = {row["successor"]: _day_after(row["valid_until"]) for row in _rows(DATA / "former_communes.csv")}
    with (DATA / "communes.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        table.writeheader()
        for row in _rows(folder / "wallonia_communes_2025.csv"):
            table.writerow(_commune(row) | {"inhabitants": inhabitants[row["nis_code"]]} | _since(row, began))


def _commune(row: dict[str, str]) -> dict[str, str]:
    code = row["nis_code"]
    return {
        "nis_code": code,
        "name_fr": row["name_fr"],
        "name_de": GERMAN_NAMES.get(code, ""),
        "name_nl": DUTCH_NAMES.get(code, ""),
        "province": row["iso_3166_2"],
        "arrondissement": row["arrondissement_fr"],
        "language_regime": row["language_regime"],
        "german_speaking": row["german_speaking_community"],
        "postal_codes": row["postal_codes"],
    }


def _since(row: dict[str, str], began: dict[str, str]) -> dict[str, str]:
    return {"valid_from": began.get(row["nis_code"], ""), "valid_until": "", "successor": ""}


def _day_after(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def _write_outlines(folder: Path, metres: int) -> None:
    collection = json.loads((folder / f"wallonia_communes_outline_{metres}m.geojson").read_text(encoding="utf-8"))
    lines = ",\n".join(_compact(feature) for feature in collection["features"])
    text = f'{{"type":"FeatureCollection","features":[\n{lines}\n]}}\n'
    (DATA / f"commune_outlines_{metres}m.geojson").write_text(text, encoding="utf-8")


def _compact(feature: dict[str, Any]) -> str:
    kept = {"type": "Feature", "properties": {"nis": feature["properties"]["nis"]}, "geometry": feature["geometry"]}
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


def _write_grid(folder: Path) -> None:
    grid = json.loads((folder / "thematic_grid.json").read_text(encoding="utf-8"))
    source = {name: grid["source"][name] for name in ("title", "year")}
    kept = {"source": source, "themes": grid["themes"], "figures": grid["facts"]}
    text = json.dumps(_without_lines(kept), ensure_ascii=False, indent=1)
    (DATA / "thematic_grid.json").write_text(f"{text}\n", encoding="utf-8")


def _without_lines(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_lines(part) for key, part in value.items() if key not in LINES_OF_THE_STORED_TEXT}
    if isinstance(value, str):
        return value.replace("The seed", "The paper").replace("the seed", "the paper")
    return [_without_lines(part) for part in value] if isinstance(value, list) else value


if __name__ == "__main__":
    main(Path(sys.argv[1]))
