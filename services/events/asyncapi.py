"""The AsyncAPI 3 document of the Kafka topics, made from the catalogue and the settings that make the topics."""

from services.events.contracts.catalogue import EVENT_TYPES, Event, EventType
from services.events.contracts.cloudevents import JSON_TYPE, binary_headers
from services.events.contracts.entries import Json
from services.events.contracts.examples import example
from services.events.contracts.schemas import PATH, schema_name
from services.events.contracts.vocabulary import View
from services.events.topics import COMPACT, Topic, Topics, topics_of
from services.settings import Settings

_TOMBSTONE = "organisation-left"
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
    "ce_correlationid": _TEXT,
    "generation": {**_NUMBER, "description": "History of the log."},
    "position": {**_NUMBER, "description": "Position in that history, without gap over all records of the topic."},
}
_OPTIONAL = {"ce_correlationid"}


def asyncapi_document(settings: Settings) -> Json:
    """The document for an installation."""
    topics, public_url = topics_of(settings), settings.effective_public_url
    return {
        "asyncapi": "3.0.0",
        "info": _info(),
        "defaultContentType": JSON_TYPE,
        "channels": {
            "changes": _channel(topics.changes, settings, _CHANGES_TEXT),
            "organisations": _channel(topics.organisations, settings, _ORGANISATIONS_TEXT, _TOMBSTONE),
        },
        "operations": {name: _operation(name, topics) for name in ("changes", "organisations")},
        "components": {
            "messages": {
                **{kind.event.value: _message(kind, public_url) for kind in EVENT_TYPES.values()},
                _TOMBSTONE: _tombstone(),
            },
            "schemas": {"headers": _headers_schema()},
        },
    }


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


def _channel(topic: Topic, settings: Settings, text: str, *further: str) -> Json:
    names = [*(kind.event.value for kind in EVENT_TYPES.values()), *further]
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


def _operation(channel: str, topics: Topics) -> Json:
    topic: Topic = getattr(topics, channel)
    return {"action": "send", "channel": {"$ref": f"#/channels/{channel}"}, "summary": f"Publish to {topic.name}."}


def _message(kind: EventType, public_url: str) -> Json:
    return {
        "name": kind.name,
        "title": kind.event.value,
        "summary": kind.meaning,
        "contentType": JSON_TYPE,
        "headers": {"$ref": "#/components/schemas/headers"},
        "payload": {
            "schemaFormat": "application/schema+json;version=draft-2020-12",
            "schema": {"$ref": f"{public_url}{PATH}{schema_name(kind)}"},
        },
        "correlationId": {"location": "$message.header#/ce_correlationid"},
        "bindings": _key_binding(),
        "examples": [_example(kind.event, public_url)],
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


def _key_binding() -> Json:
    return {"kafka": {"key": {"type": "string", "description": "Id of the subject."}, "bindingVersion": "0.5.0"}}


def _headers_schema() -> Json:
    required = [name for name in _HEADERS if name not in _OPTIONAL]
    return {"type": "object", "properties": _HEADERS, "required": required}


def _example(event: Event, public_url: str) -> Json:
    entry = example(event)
    headers = {name: value.decode() for name, value in binary_headers(entry, public_url)}
    return {"name": event.value, "headers": headers, "payload": entry.data(View.PUBLIC)}
