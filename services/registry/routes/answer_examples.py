"""Examples of answers in the OpenAPI document: an organisation on its way. A test walks it and compares.

It is registered, submitted and published; then each answer is shown as if it were the next one.
"""

from typing import Any

from services.events.contracts.entries import Json
from services.events.contracts.organisation import Content, as_document
from services.registry.merge_patch import merge
from services.registry.routes.examples import COMPANY, DECISION, GRANT, GRANT_ID, ORGANISATION, PATCH, SURVIVOR

_JSON = "application/json"
_POSITION = 57
_REGISTERED_ON, _TODAY = "2026-11-20", "2026-11-24"
_CONTENT = as_document(Content.model_validate(COMPANY))


def answers(description: str, example: Json, *, status: int = 200) -> dict[int | str, dict[str, Any]]:
    """The `responses` of an endpoint that answers like this."""
    return {status: {"description": description, "content": {_JSON: {"example": example}}}}


def _at(content: Json, position: int = _POSITION) -> Json:
    return {**content, "generation": 1, "position": position}


def _organisation(state: str, version: int, **fields: Any) -> Json:
    validated = {} if state == "draft" else {"last_validated_on": _TODAY}
    managed = {"id": ORGANISATION, "slug": "exemple-numerique-srl", "state": state, "registered_on": _REGISTERED_ON}
    return _at({"organisation": {**managed, **validated, **_CONTENT, **fields}, "version": version})


def _public(answer: Json) -> Json:
    shown = {name: value for name, value in answer["organisation"].items() if name not in {"private", "restricted"}}
    return {**answer, "organisation": shown}


_GRANTED = {"id": GRANT_ID, **GRANT}
REGISTERED = _organisation("draft", 1)
SUBMITTED = _organisation("submitted", 2)
PUBLISHED = _organisation("published", 3)
READ_BY_ALL = _public(PUBLISHED)
READ_WHOLE = {
    **_organisation("needs_information", 4),
    "notes": [{"version": 4, "move": "request-information", "reason": DECISION["reason"], "written_on": _TODAY}],
}
REJECTED = _organisation("rejected", 3)
ASKED = _organisation("needs_information", 4)
CONFIRMED = _organisation("published", 4)
CHANGED = _organisation("published", 4, **merge({name: _CONTENT[name] for name in PATCH}, PATCH))
ARCHIVED = _organisation("archived", 4)
MERGED = _organisation("merged", 4, merged_into=SURVIVOR)
LABELLED = _organisation("published", 4, labels=[_GRANTED])
REVOKED = _organisation("published", 5, labels=[{**_GRANTED, "revoked_on": _TODAY}])
READ: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The organisation, as much of it as the caller may read",
        "content": {
            _JSON: {
                "examples": {
                    "public": {"summary": "What everybody reads", "value": READ_BY_ALL},
                    "whole": {"summary": "What its members and moderators read", "value": READ_WHOLE},
                }
            }
        },
    }
}
RENAMED = _at({"reason": "renamed", "organisation": {"id": ORGANISATION, "slug": "exemple-numerique"}})
MOVED = answers("A slug or id of former times: `Location` is where it is now.", RENAMED, status=308)[308]
LISTED = _at(
    {
        "organisations": [
            {
                "id": ORGANISATION,
                "slug": "exemple-numerique-srl",
                "state": "published",
                "version": 3,
                "title": COMPANY["title"],
                "kinds": ["company"],
                "validated_on": _TODAY,
            }
        ],
        "next_after": ORGANISATION,
    }
)
_OWNER = {"subject": "8f14e45f-ceea-467f-ab3d-8a5b5c0e6c11", "relation": "owner"}
ONE_MEMBER = _at({"members": [_OWNER], "version": 3})
TWO_MEMBERS = _at({"members": [_OWNER, {"subject": "camille", "relation": "editor"}], "version": 3})
VOCABULARIES = _at(
    {
        "vocabularies": {
            "kinds": [{"code": "company", "label_fr": "Entreprise"}, {"code": "start_up", "label_fr": "Start-up"}],
            "size_classes": [{"code": "micro"}, {"code": "small"}],
        }
    }
)
