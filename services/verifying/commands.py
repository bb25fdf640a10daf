"""The commands of `dwr verify`."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.settings import Settings

if TYPE_CHECKING:
    from services.verifying.comparisons import Asked

ReadSettings = Callable[[], Settings]
File = Annotated[Path, typer.Argument(exists=True, dir_okay=False)]
Most = Annotated[int, typer.Option("--names", min=0, help="How many organisations that differ are named.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print a report a line, as JSON.")]
Over = Annotated[
    str | None,
    typer.Option("--registry", help="Ask the registry at this address for the log, instead of DWR_DATABASE_URL."),
]
Metrics = Annotated[
    Path | None, typer.Option("--metrics", help="Write the results to this file for Prometheus' node exporter.")
]
_HELP = """Compare a copy of the registry's state with the log at the same position, and name what differs.

Exit status 0: equal. 1: it differs. 2: it cannot be compared, and the sentence says why."""


def verify_app(read_settings: ReadSettings) -> typer.Typer:
    """The commands, which read the settings when they run."""
    app = typer.Typer(help=_HELP, no_args_is_help=True)
    _add_files(app, read_settings)
    _add_parts(app, read_settings)
    return app


def _add_files(app: typer.Typer, read_settings: ReadSettings) -> None:
    @app.command()
    def mirror(
        file: File, registry: Over = None, names: Most = 20, as_json: AsJson = False, metrics: Metrics = None
    ) -> None:
        """Compare a mirror: the SQLite file of services.events.client."""
        from services.verifying.comparisons import verify_mirror  # noqa: PLC0415 - each command loads what it needs

        raise typer.Exit(verify_mirror(_asked(read_settings, registry, names, as_json=as_json, metrics=metrics), file))

    @app.command()
    def snapshot(
        file: File, registry: Over = None, names: Most = 20, as_json: AsJson = False, metrics: Metrics = None
    ) -> None:
        """Compare a snapshot in a file, plain or compressed, of any position."""
        from services.verifying.comparisons import verify_snapshot  # noqa: PLC0415 - as above

        raise typer.Exit(
            verify_snapshot(_asked(read_settings, registry, names, as_json=as_json, metrics=metrics), file)
        )


def _add_parts(app: typer.Typer, read_settings: ReadSettings) -> None:
    @app.command()
    def log(names: Most = 20, as_json: AsJson = False, metrics: Metrics = None) -> None:
        """Compare the log's tables and the registry's with one another."""
        from services.verifying.comparisons import verify_log  # noqa: PLC0415 - as above

        raise typer.Exit(verify_log(_asked(read_settings, None, names, as_json=as_json, metrics=metrics)))

    @app.command()
    def read_model(
        url: Annotated[str | None, typer.Argument(help="Address of a process; DWR_PUBLIC_URL unless given.")] = None,
        registry: Over = None,
        names: Most = 20,
        as_json: AsJson = False,
        metrics: Metrics = None,
    ) -> None:
        """Compare the read model of a running GraphQL process; DWR_READER_TOKEN is sent to it."""
        from services.verifying.comparisons import verify_read_model  # noqa: PLC0415 - as above

        raise typer.Exit(
            verify_read_model(_asked(read_settings, registry, names, as_json=as_json, metrics=metrics), url)
        )

    @app.command()
    def topics(names: Most = 20, as_json: AsJson = False, metrics: Metrics = None) -> None:
        """Compare the Kafka topics, the compacted one and those of changes, at the relay's mark."""
        from services.verifying.comparisons import verify_topics  # noqa: PLC0415 - as above

        raise typer.Exit(verify_topics(_asked(read_settings, None, names, as_json=as_json, metrics=metrics)))


def _asked(
    read_settings: ReadSettings, registry: str | None, names: int, *, as_json: bool, metrics: Path | None
) -> "Asked":
    from services.verifying.comparisons import Asked  # noqa: PLC0415 - as above

    return Asked(read_settings(), registry, names, as_json, metrics)
