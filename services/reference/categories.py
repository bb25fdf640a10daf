"""Names of the taxonomy's categories in four languages, until the taxonomy itself is kept in the registry."""

from functools import cache

from services.reference.tables import read_rows

_LANGUAGES = ("fr", "nl", "de", "en")


def category_names(scheme: str, code: str) -> dict[str, str]:
    """The names by language; empty for a category that is not in the table, which documents may hold too."""
    return _every_name().get((scheme, code), {})


def named_categories() -> tuple[tuple[str, str], ...]:
    """Scheme and code of every category that has names, in the table's order."""
    return tuple(_every_name())


@cache
def _every_name() -> dict[tuple[str, str], dict[str, str]]:
    rows = read_rows("category_names.csv")
    return {(row["scheme"], row["code"]): {language: row[language] for language in _LANGUAGES} for row in rows}
