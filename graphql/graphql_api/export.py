"""`python -m graphql_api.export`: write the schema to `graphql/schema.graphql`, where it is committed and compared."""

from pathlib import Path

from graphql_api.schema.schema import sdl

COMMITTED = Path(__file__).resolve().parent.parent / "schema.graphql"


def main() -> None:
    """Write the file."""
    COMMITTED.write_text(sdl(), encoding="utf-8")


if __name__ == "__main__":
    main()
