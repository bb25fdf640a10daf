"""The AsyncAPI 3 document of the Kafka topics, made from the catalogue and the settings that make the topics."""

from services.events.contracts.catalogue import ORGANISATION, Event, EventType
from services.events.contracts.cloudevents import DATAREF, JSON_TYPE, binary_headers
from services.events.contracts.entries import Json
from services.events.contracts.examples import example
from services.events.contracts.majors import CATALOGUE, Catalogue
from services.events.contracts.schemas import PATH, schema_name
from services.events.contracts.vocabulary import View
from services.events.relay.substitutes import data_without_documents
from services.events.topics import COMPACT, Topic, topics_of
from services.settings import Settings

_TOMBSTONE = "organisation-left"
_ELSEWHERE = "entry-elsewhere"
_TEXT = {"type": "string"}
_NUMBER = {"type": "string", "pattern": "^[0-9]+$"}
_HEADERS = {
    "content-type": {"const": JSON_TYPE},
    "ce_specversion": {"const": "1.0"},
    "ce_id": {**_TEXT, "description": "The same on every outlet and in every repetition."},
    "ce_source": _TEXT,
    "ce_type": _TEXT,
    "ce_subject": {**_TEXT, "examples": ["organisation/org-4qm7c2xw5tkz6dya"]},
    "ce_time": {"type": "string", "format": "date-time"},
    "ce_dataschema": {"type": "string", "format": "uri"},
    "ce_partitionkey": _TEXT,
    "ce_correlationid": {**_TEXT, "description": "Id of the request, import or job that made the change."},
    "ce_causationid": {**_TEXT, "description": "`ce_id` of the event that led to this one: of the merge, say."},
    f"ce_{DATAREF}": {
        "type": "string",
        "format": "uri",
        "description": "Where the whole entry is; the record has no documents then.",
    },
    "replayed": {"const": "true", "description": "Published again by hand: nothing is to be told of it to anybody."},
    "generation": {**_NUMBER, "description": "History of the log."},
    "position": {**_NUMBER, "description": "Position in that history, without gap over all records of the topic."},
}
_OPTIONAL = {"ce_correlationid", "ce_causationid", f"ce_{DATAREF}", "replayed"}


def asyncapi_document(settings: Settings, catalogue: Catalogue = CATALOGUE) -> Json:
    """The document for an installation: the topics of every major version that is told, and what is in them."""
    channels: Json = {}
    for outlet in catalogue.outlets:
        channels |= _channels(settings, catalogue, outlet)
    return {
        "asyncapi": "3.0.0",
        "info": _info(),
        "defaultContentType": JSON_TYPE,
        "channels": channels,
        "operations": {name: _operation(name, channel["address"]) for name, channel in channels.items()},
        "components": {
            "messages": {
                **{_key(type_): _message(type_, catalogue, settings.effective_public_url) for type_ in catalogue.types},
                _TOMBSTONE: _tombstone(),
                _ELSEWHERE: _elsewhere(settings.effective_public_url),
            },
            "schemas": {"headers": _headers_schema()},
        },
    }


def _channels(settings: Settings, catalogue: Catalogue, outlet: int) -> Json:
    told = [type_ for type_ in catalogue.types if type_.major == catalogue.major_of(type_.subject_kind, outlet)]
    of_organisations = [_key(type_) for type_ in told if type_.subject_kind == ORGANISATION]
    topics = topics_of(settings, outlet)
    return {
        f"changes.v{outlet}": _channel(
            topics.changes, settings, _CHANGES_TEXT, [*(_key(type_) for type_ in told), _ELSEWHERE]
        ),
        f"organisations.v{outlet}": _channel(
            topics.organisations, settings, _ORGANISATIONS_TEXT, [*of_organisations, _TOMBSTONE, _ELSEWHERE]
        ),
    }


def _key(type_: EventType) -> str:
    return f"{type_.event}.v{type_.major}"


_CHANGES_TEXT = (
    "Every entry of the log. At least once: drop records whose position is not above the last one you have applied. "
    "In order per organisation."
)
_ORGANISATIONS_TEXT = (
    "The latest public state of each organisation; compacted. A record without value says that the organisation is not "
    "public any more."
)


def _info() -> Json:
    return {
        "title": "Digital Wallonia registry",
        "version": "1.0.0",
        "description": "Changes of the registry on Kafka: CloudEvents 1.0.2 in binary mode, keyed by the subject's id.",
    }


def _channel(topic: Topic, settings: Settings, text: str, names: list[str]) -> Json:
    configuration: Json = {"cleanup.policy": [topic.cleanup_policy]}
    if topic.cleanup_policy != COMPACT:
        configuration["retention.ms"] = int(topic.configuration["retention.ms"])
    return {
        "address": topic.name,
        "description": text,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": settings.kafka_partitions,
                "replicas": settings.kafka_replication_factor,
                "topicConfiguration": configuration,
                "bindingVersion": "0.5.0",
            }
        },
    }


def _operation(channel: str, address: str) -> Json:
    return {"action": "send", "channel": {"$ref": f"#/channels/{channel}"}, "summary": f"Publish to {address}."}


def _message(type_: EventType, catalogue: Catalogue, public_url: str) -> Json:
    return {
        "name": type_.name,
        "title": type_.event.value,
        "summary": type_.meaning,
        "contentType": JSON_TYPE,
        "headers": {"$ref": "#/components/schemas/headers"},
        "payload": {
            "schemaFormat": "application/schema+json;version=draft-2020-12",
            "schema": {"$ref": f"{public_url}{PATH}{schema_name(type_)}"},
        },
        "correlationId": {"location": "$message.header#/ce_correlationid"},
        "bindings": _key_binding(),
        "examples": [_example(type_, catalogue, public_url)],
    }


def _tombstone() -> Json:
    return {
        "name": _TOMBSTONE,
        "title": "Tombstone",
        "summary": "The organisation is not public any more; the headers are those of the entry that said so.",
        "headers": {"$ref": "#/components/schemas/headers"},
        "payload": {"type": "null"},
        "bindings": _key_binding(),
    }


def _elsewhere(public_url: str) -> Json:
    entry = example(Event.CHANGED)
    address = f"{public_url}/events/v1/feed?after={entry.position.generation}-{entry.position.number - 1}&limit=1"
    headers = {name: value.decode() for name, value in binary_headers(entry, public_url)}
    further = {f"ce_{DATAREF}": address, "replayed": "true"}
    return {
        "name": _ELSEWHERE,
        "title": "Entry to be read from the feed",
        "summary": "In the place of a record that the brokers do not take: without documents, with the address of all.",
        "contentType": JSON_TYPE,
        "headers": {"$ref": "#/components/schemas/headers"},
        "payload": {"type": "object", "required": ["generation", "position", "subject", "version", "visibility"]},
        "bindings": _key_binding(),
        "examples": [
            {"name": _ELSEWHERE, "headers": headers | further, "payload": data_without_documents(entry)},
        ],
    }


def _key_binding() -> Json:
    return {"kafka": {"key": {"type": "string", "description": "Id of the subject."}, "bindingVersion": "0.5.0"}}


def _headers_schema() -> Json:
    required = [name for name in _HEADERS if name not in _OPTIONAL]
    return {"type": "object", "properties": _HEADERS, "required": required}


def _example(type_: EventType, catalogue: Catalogue, public_url: str) -> Json:
    entry = example(type_.event)
    found = binary_headers(entry, public_url, type_.major, catalogue)
    headers = {name: value.decode() for name, value in found}
    return {"name": _key(type_), "headers": headers, "payload": catalogue.data(entry, View.PUBLIC, type_.major)}
