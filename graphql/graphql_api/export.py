"""`python -m graphql_api.export`: write the files that are made from the code, and committed and compared.

They are the schema, `graphql/schema.graphql`, and the table of persisted operations in `docs/graphql.md`.
"""

from pathlib import Path

from graphql_api.persisted import table
from graphql_api.schema.schema import sdl

COMMITTED = Path(__file__).resolve().parent.parent / "schema.graphql"
GUIDE = COMMITTED.parent.parent / "docs" / "graphql.md"
_BEGIN, _END = "<!-- operations -->\n", "<!-- end of operations -->"


def guide(text: str) -> str:
    """The guide with the present table in the place of the one in it."""
    before, _, rest = text.partition(_BEGIN)
    return f"{before}{_BEGIN}{table()}{_END}{rest.partition(_END)[2]}"


def main() -> None:
    """Write the files."""
    COMMITTED.write_text(sdl(), encoding="utf-8")
    GUIDE.write_text(guide(GUIDE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
