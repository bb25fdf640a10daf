"""Activity codes: NACE-BEL, by version. A code without its version means nothing, so every function asks for both.

Codes are kept as digits without dots: two (division) to five, or seven (the register's own subdivision). A section is a
letter. Titles are carried for 2025 alone; the register's code table brings those of 2003 and 2008.
"""

import re
from functools import cache

from services.reference.tables import read_rows

VERSIONS = ("2003", "2008", "2025")
_FILES = {"2025": "nace_bel_2025.tsv"}
_FORM = re.compile(r"[A-Z]|[0-9]{2,5}|[0-9]{7}")
_CLASS_LENGTH = 5


def parse_code(version: str, code: str) -> str:
    """The code as digits without dots, checked against the list of its version; of 2003 and 2008 the form alone.

    Raises ValueError that says what to write instead.
    """
    _check_version(version)
    plain = re.sub(r"[\s.]", "", code).upper()
    if not _FORM.fullmatch(plain):
        raise ValueError("write a NACE-BEL code of 2 to 5 or of 7 digits, for example 62100")
    if has_list(version) and plain not in _titles(version):
        raise ValueError(f"{plain} is not a code of NACE-BEL {version}; look it up, or name the version it belongs to")
    return plain


def has_list(version: str) -> bool:
    """Whether the codes and titles of the version are carried."""
    _check_version(version)
    return version in _FILES


def is_known(version: str, code: str) -> bool:
    """Whether the list of the version has the code, written as digits without dots.

    Raises ValueError for a version whose list is not carried: not knowing the list is not the same as "no".
    """
    if not has_list(version):
        raise ValueError(f"the list of NACE-BEL {version} is not carried; only the form of its codes can be checked")
    return code in _titles(version)


def begins_a_code(version: str, digits: str) -> bool:
    """Whether some code of the version begins with the digits; where its list is not carried, any may."""
    return not has_list(version) or digits in _beginnings(version)


def title(version: str, code: str, language: str) -> str | None:
    """The title in `fr`, `nl`, `de` or `en`; None when the list is not carried or does not have the code."""
    if not has_list(version):
        return None
    titles = _titles(version).get(code)
    if titles and language not in titles:
        raise ValueError(f"NACE-BEL has no titles in {language!r}; write fr, nl, de or en")
    return titles[language] if titles else None


def ancestors(version: str, code: str) -> tuple[str, ...]:
    """The codes above, broadest first: `("K", "62", "621", "6210")` for 62100 of 2025.

    The section is there only where the version's list is carried, since letters differ between versions.
    """
    _check_version(version)
    if code.isalpha():
        return ()
    lengths = [length for length in range(2, _CLASS_LENGTH + 1) if length < len(code)]
    section = _sections(version).get(code[:2]) if has_list(version) else None
    return (*([section] if section else []), *(code[:length] for length in lengths))


def codes(version: str) -> tuple[str, ...]:
    """Every code of a version whose list is carried: each section and, after it, all codes of each division in it."""
    return tuple(_titles(version)) if has_list(version) else ()


def _check_version(version: str) -> None:
    if version not in VERSIONS:
        raise ValueError(f"{version!r} is not a version of NACE-BEL; write {', '.join(VERSIONS)}")


@cache
def _titles(version: str) -> dict[str, dict[str, str]]:
    rows = read_rows(_FILES[version], delimiter="\t")
    return {row["code"]: {language: row[language] for language in ("fr", "nl", "de", "en")} for row in rows}


@cache
def _beginnings(version: str) -> frozenset[str]:
    return frozenset(code[:length] for code in _titles(version) for length in range(1, len(code) + 1))


@cache
def _sections(version: str) -> dict[str, str]:
    """The section of each division: the list has a section's letter before its divisions."""
    sections: dict[str, str] = {}
    letter = ""
    for code in _titles(version):
        letter = code if code.isalpha() else letter
        sections.setdefault(code[:2], letter)
    return sections
