"""The reference of events as a page for people: made from the catalogue, the schemas and the examples."""

import json
from collections.abc import Iterator

from services.events.contracts.catalogue import EventType
from services.events.contracts.cloudevents import STRUCTURED_TYPE, binary_headers, structured
from services.events.contracts.entries import Json
from services.events.contracts.examples import example
from services.events.contracts.majors import CATALOGUE, Catalogue
from services.events.contracts.schemas import entry_schema_name, schema_name, schemas, snapshot_schema_name
from services.events.contracts.vocabulary import View

_INTRODUCTION = """\
# Events

Made from the code by `python -m services.events.published`; not to be edited by hand. How to follow them is told in
docs/events.md, the topics in the [AsyncAPI document](asyncapi.json).

Every event is a CloudEvent 1.0.2. Over HTTP it is one JSON object, attributes and `data` together (structured mode); on
Kafka `data` is the record's value and the attributes are its headers (binary mode). `data` is the same in both. Objects
are open: take fields that you do not know. Lists of words are open too, but for `visibility`.

## Attributes

| attribute | header on Kafka | |
|---|---|---|
| `id` | `ce_id` | the same on every outlet and in every repetition |
| `type` | `ce_type` | ends in the major version of the data |
| `source` | `ce_source` | `/registry` |
| `subject` | `ce_subject` | kind and id: `organisation/org-…`, `registry/registry` |
| `time` | `ce_time` | rises strictly for each subject, and never falls over the log |
| `dataschema` | `ce_dataschema` | address of the JSON Schema of `data` |
| `partitionkey` | `ce_partitionkey` | the subject's id, the record's key |
| `correlationid` | `ce_correlationid` | where it is known: the request (`X-Request-Id`, or the trace id of \
`traceparent`), the import or the job that made the change |
| `causationid` | `ce_causationid` | where there is one: `id` of the event that led to this one |
| | `generation`, `position` | as in `data` |
"""


def reference_page(public_url: str, catalogue: Catalogue = CATALOGUE) -> str:
    """The page in Markdown. Its links lead to what lies beside it, in the repository as at an installation."""
    parts = [_INTRODUCTION, *_data(catalogue), _snapshots(catalogue), _overview(catalogue)]
    parts += [_section(type_, catalogue, public_url) for type_ in catalogue.types]
    return "\n".join(parts)


def _data(catalogue: Catalogue) -> Iterator[str]:
    published = schemas(catalogue)
    for kind, major in dict.fromkeys((type_.subject_kind, type_.major) for type_ in catalogue.types):
        name = entry_schema_name(kind, major)
        schema = published[name]
        yield f"## Data: {schema['title'].lower()}, v{major}\n\n{schema['description']} [Schema](schemas/{name}).\n"
        yield "| member | |\n|---|---|"
        yield from (f"| `{member}` | {_about(member, part, schema)} |" for member, part in schema["properties"].items())
        yield ""


def _about(member: str, part: Json, schema: Json) -> str:
    """What the schema says of a member, at its place or where that leads."""
    target = schema["$defs"].get(part.get("$ref", "").removeprefix("#/$defs/"), {})
    text = part.get("description") or target.get("description", "")
    words = target.get("enum") or next((one["enum"] for one in target.get("anyOf", ()) if "enum" in one), ())
    listed = f" {', '.join(f'`{word}`' for word in words)}." if words else ""
    optional = "" if member in schema["required"] else " May be absent."
    return f"{text}{listed}{optional}".replace("\n", " ")


def _snapshots(catalogue: Catalogue) -> str:
    names = [snapshot_schema_name(outlet) for outlet in catalogue.outlets]
    links = ", ".join(f"[{name}](schemas/{name})" for name in names)
    return (
        "## Snapshots and deltas\n\nA line is the first one, which names position and digest; one of a subject, "
        f"with the document of its last event; or the last one. Schema: {links}.\n"
    )


def _overview(catalogue: Catalogue) -> str:
    lines = ["## Types", "", "| event | meaning |", "|---|---|"]
    lines += [f"| [{type_.event}](#{_anchor(type_)}) v{type_.major} | {type_.meaning} |" for type_ in catalogue.types]
    return "\n".join([*lines, ""])


def _anchor(type_: EventType) -> str:
    return f"{type_.event}-v{type_.major}"


def _section(type_: EventType, catalogue: Catalogue, public_url: str) -> str:
    entry = example(type_.event)
    whole = structured(entry, View.PUBLIC, public_url, type_.major, catalogue)
    headers = binary_headers(entry, public_url, type_.major, catalogue)
    facts = [
        ("type", f"`{type_.name}`"),
        ("subject", type_.subject_kind),
        ("who", _words(type_.by)),
        ("`visibility`", _words(type_.visibility)),
        ("`changes`", type_.changes.replace("``", '`""`')),
        ("schema", f"[{schema_name(type_)}](schemas/{schema_name(type_)})"),
        *([("told until", type_.until.isoformat())] if type_.until else []),
    ]
    return "\n".join(
        [
            f"## {type_.event} v{type_.major}\n\n{type_.meaning}\n\n| | |\n|---|---|",
            *(f"| {name} | {text} |" for name, text in facts),
            "",
            _shown(f"Structured mode, `{STRUCTURED_TYPE}`", json.dumps(whole, ensure_ascii=False, indent=2), "json"),
            _shown("Binary mode, headers", "\n".join(f"{name}: {value.decode()}" for name, value in headers), "text"),
        ]
    )


def _words(values: tuple[str, ...]) -> str:
    return ", ".join(f"`{value}`" for value in values)


def _shown(title: str, text: str, language: str) -> str:
    return f"<details><summary>{title}</summary>\n\n```{language}\n{text}\n```\n\n</details>\n"
