"""The `dwr` command."""

import sys
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import ValidationError
from rich.console import Console

from services.problems import Problem
from services.settings import Settings
from services.verifying.commands import verify_app

if TYPE_CHECKING:
    from services.events.contracts.position import Position

app = typer.Typer(
    name="dwr",
    help="The Digital Wallonia ecosystem registry. Settings come from the environment: DWR_DATABASE_URL, DWR_PORT ...",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
import_app = typer.Typer(help="Load organisations from files.", no_args_is_help=True)
app.add_typer(import_app, name="import")
dead_letters_app = typer.Typer(help="Records that the Kafka brokers refused for good.", invoke_without_command=True)
app.add_typer(dead_letters_app, name="dead-letters")
console = Console(stderr=True, highlight=False)

Demo = Annotated[bool, typer.Option("--demo", help="Load the demo ecosystem when the registry is empty.")]
Size = Annotated[
    int | None, typer.Option("--organisations", min=1, max=1_000_000, help="How many; none means the paper's own size.")
]
Seed = Annotated[int, typer.Option("--seed", help="The same seed makes the same ecosystem.")]
Roles = Annotated[
    list[str] | None,
    typer.Option("--role", help="moderator, awex, front, reader or operator; repeat for several, none for a member."),
]


@app.command()
def up(demo: Demo = False) -> None:
    """Run everything in one process: registry, relay, notifier and GraphQL, after migrating the database."""
    from services.administering import prepare  # noqa: PLC0415 - each command loads what it needs
    from services.composition import ALL_ROLES  # noqa: PLC0415
    from services.running import run  # noqa: PLC0415
    from services.welcome import welcome  # noqa: PLC0415

    settings = _settings()

    def greet() -> None:
        console.print(welcome(settings), markup=False, soft_wrap=True)

    run(settings, ALL_ROLES, prepare=partial(prepare, settings, demo=demo), when_ready=greet)


@app.command()
def registry() -> None:
    """Run the registry and the change feed alone."""
    _run("registry")


@app.command()
def relay() -> None:
    """Run the relay to Kafka alone."""
    _run("relay")


@app.command()
def notifier() -> None:
    """Run the notifier alone; it follows DWR_KAFKA_BOOTSTRAP_SERVERS, or the feed of DWR_REGISTRY_URL."""
    _run("notifier")


@app.command()
def graphql() -> None:
    """Run the GraphQL API alone; it follows DWR_KAFKA_BOOTSTRAP_SERVERS, or the feed of DWR_REGISTRY_URL."""
    _run("graphql")


def _run(role: str) -> None:
    from services.composition import Role  # noqa: PLC0415 - as above
    from services.running import run  # noqa: PLC0415

    run(_settings(), frozenset({Role(role)}))


@app.command()
def migrate() -> None:
    """Bring the database to the newest schema."""
    from services.administering import migrate_all  # noqa: PLC0415

    migrate_all(_settings())
    console.print("The database is at the newest schema.")


@app.command()
def restore(backup: Annotated[Path, typer.Argument(help="A copy of the registry's SQLite file.")]) -> None:
    """Put a backup in the place of a SQLite registry, in a new generation of the log."""
    from services.restoring import restore  # noqa: PLC0415 - as above

    _tell_new_generation(restore(_settings(), backup))


@app.command()
def new_generation(
    above: Annotated[int | None, typer.Option(min=0, help="The last generation of the history that was lost.")] = None,
) -> None:
    """Say that the PostgreSQL database was restored to an earlier state: the log goes on in a new generation."""
    from services.restoring import new_generation  # noqa: PLC0415 - as above

    _tell_new_generation(new_generation(_settings(), above))


def _tell_new_generation(first: "Position") -> None:
    console.print(
        f"Generation {first.generation} begins at position {first}. Restart every process that was running; readers "
        f"that had gone beyond {first.number - 1} load a snapshot by themselves."
    )


@app.command()
def demo(organisations: Size = None, seed: Seed = 2015) -> None:
    """Fill an empty registry with the demo ecosystem, whose figures are those of the paper; or finish filling it."""
    from services.administering import load_demo_with_progress  # noqa: PLC0415

    load_demo_with_progress(_settings(), organisations, seed)


@app.command()
def mark_stale() -> None:
    """Mark profiles that nobody validated for DWR_STALE_AFTER_MONTHS: to be run once a day."""
    from services.administering import mark_stale  # noqa: PLC0415

    console.print(f"{mark_stale(_settings())} profiles are stale now; their organisations can confirm them.")


@app.command()
def snapshot() -> None:
    """Keep a snapshot of now as files, with what changed before it, and take away those that are too many."""
    from services.administering import keep_snapshot  # noqa: PLC0415

    console.print(keep_snapshot(_settings()), markup=False, soft_wrap=True)


@app.command()
def cut_log() -> None:
    """Take entries out of the log that are older than DWR_LOG_KEPT_DAYS and that nobody needs: once a day, say."""
    from services.administering import cut_log  # noqa: PLC0415

    console.print(cut_log(_settings()), markup=False, soft_wrap=True)


@app.command()
def token(
    roles: Roles = None,
    subject: Annotated[str, typer.Option(help="Who the token is for.")] = "somebody",
    front: Annotated[str | None, typer.Option(help="The client site, for the role front.")] = None,
    hours: Annotated[float, typer.Option(min=0.01, max=24 * 30, help="How long it is valid.")] = 12,
) -> None:
    """Print an access token of the local issuer. It works only where DWR_OIDC_ISSUER is not set."""
    from services.access.local_issuer import issue  # noqa: PLC0415
    from services.access.roles import Role  # noqa: PLC0415
    from services.access.tokens import LONGEST_SUBJECT  # noqa: PLC0415

    unknown = [role for role in roles or () if role not in set(Role)]
    if unknown:
        raise typer.BadParameter(f"{unknown[0]!r} is not one of {', '.join(Role)}", param_hint="--role")
    if not subject.isprintable() or not 1 <= len(subject) <= LONGEST_SUBJECT:
        raise typer.BadParameter(f"write 1 to {LONGEST_SUBJECT} characters that can be printed", param_hint="--subject")
    typer.echo(issue(_settings(), subject, frozenset(map(Role, roles or ())), front, timedelta(hours=hours)))


@import_app.command()
def organisations(
    file: Annotated[Path, typer.Argument(help="JSON Lines, one organisation a line.")],
    apply: Annotated[bool, typer.Option("--apply", help="Write; without it nothing is written.")] = False,
    source: Annotated[
        str | None, typer.Option(help="Name of the list, the same in every run; the file's name unless given.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Import organisations: a dry run that reports every row, unless --apply is given."""
    from services.administering import import_file  # noqa: PLC0415

    raise typer.Exit(import_file(_settings(), file, source=source, apply=apply, as_json=as_json))


@app.command()
def replay(
    first: Annotated[str, typer.Option("--from", help="The first position, for example 1-100.")],
    last: Annotated[str, typer.Option("--to", help="The last position.")],
    topics: Annotated[
        list[str] | None, typer.Option("--topic", help="changes, internal or organisations; repeat; all unless given.")
    ] = None,
) -> None:
    """Publish a range of the log to Kafka again. Readers drop what they have: no mail and no webhook is sent again."""
    from services.events.relay import commands  # noqa: PLC0415 - as above
    from services.events.relay.replaying import TOPICS, Range  # noqa: PLC0415

    if unknown := set(topics or ()) - set(TOPICS):
        raise typer.BadParameter(f"{unknown.pop()!r} is not one of {', '.join(TOPICS)}", param_hint="--topic")
    wanted = Range(_position(first, "--from"), _position(last, "--to"))
    count = commands.replay(_settings(), wanted, topics or TOPICS)
    console.print(f"{count} entries were published again, to {', '.join(topics or TOPICS)}.")


def _position(text: str, option: str) -> "Position":
    from services.events.contracts.position import Position  # noqa: PLC0415 - as above

    try:
        return Position.parse(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from error


@dead_letters_app.callback()
def dead_letters(context: typer.Context) -> None:
    """List them, in the order of the log: position, topic, subject, size and reason."""
    from services.events.relay import commands  # noqa: PLC0415 - as above

    if context.invoked_subcommand is None:
        for letter in commands.dead_letters(_settings()):
            typer.echo(letter)


@dead_letters_app.command("replay")
def replay_dead_letters() -> None:
    """Try to publish each of them again: after what they have in common was put right."""
    from services.events.relay import commands  # noqa: PLC0415 - as above

    refused = commands.replay_dead_letters(_settings())
    for letter in refused:
        typer.echo(letter)
    console.print(f"{len(refused)} dead letters are left.")
    raise typer.Exit(1 if refused else 0)


def _settings() -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        for problem in error.errors():
            name = "DWR_" + "_".join(map(str, problem["loc"])).upper() if problem["loc"] else "settings"
            _complain(f"{name}: {problem['msg'].removeprefix('Value error, ')}")
        raise typer.Exit(2) from error


app.add_typer(verify_app(_settings), name="verify")


def main() -> None:
    """Run the command; an error with a meaning is one line, not a traceback."""
    try:
        app()
    except Problem as problem:
        _complain(f"{problem.title}: {problem.detail}")
        sys.exit(2)
    except OSError as error:
        _complain(f"{error.filename or 'A file'} cannot be used: {error.strerror or error}. Is DWR_DATA_DIR right?")
        sys.exit(2)


def _complain(sentence: str) -> None:
    """One line, whatever is in it: names of files and addresses are no markup."""
    console.print(sentence, style="red", soft_wrap=True, markup=False)


if __name__ == "__main__":
    main()
