"""What each of pydantic's error types means for whoever wrote the document: a stable code, and what to write instead.

No message repeats the value that it refuses: that can be somebody's telephone number, and answers are passed on.
"""

from collections.abc import Callable, Mapping
from typing import Any

Context = Mapping[str, Any]
Message = tuple[str, str | Callable[[Context, Any], str]]


def explain(error: Mapping[str, Any]) -> tuple[str, str]:
    """Code and sentence for one of pydantic's error details."""
    code, sentence = _MESSAGES.get(error["type"], ("invalid", _as_pydantic_says(error)))
    return code, sentence if isinstance(sentence, str) else sentence(error.get("ctx", {}), error.get("input"))


def _as_pydantic_says(error: Mapping[str, Any]) -> str:
    """The message as it stands: ours when a validator of ours raised it."""
    message = str(error.get("ctx", {}).get("error", error.get("msg", "")))
    return message[:1].upper() + message[1:].rstrip(".") + "."


def _length(value: Any) -> str:
    return f"; it has {len(value)}" if isinstance(value, str | bytes) else ""


def _longer(least: int, value: Any) -> str:
    if least == 1:
        return "Write some text: spaces alone do not count."
    return f"Write {least} characters at least{_length(value)}."


def _entries(context: Context) -> str:
    actual = context.get("actual_length")
    return f"; there are {actual}" if actual is not None else ""


def _shorter(most: int, context: Context, value: Any) -> str:
    if isinstance(value, str):  # a limit laid over a text that has validators of its own
        return f"Shorten the text to {most} characters{_length(value)}."
    return f"Give {most} entries at most{_entries(context)}."


def _more(least: int, there_are: str) -> str:
    return "Give one entry at least." if least == 1 else f"Give {least} entries at least{there_are}."


_OBJECT = 'Write an object: { "name": value }.'
_LIST = "Write a list: [ ... ]."
_TEXT = "Write text in double quotes."
_WHOLE = "Write a whole number, without quotes and decimals."
_NUMBER = "Write a number, without quotes."
_BOOLEAN = "Write true or false, without quotes."
_DAY = 'Write a day that exists as text: "2026-11-24".'
_TIME = 'Write a time with its zone as text: "2026-11-24T09:30:00Z".'
_ADDRESS = "Write the whole web address, with https:// and a host name."
_UUID = "Write a UUID of 32 hexadecimal digits with hyphens."

_MESSAGES: dict[str, Message] = {
    "missing": ("missing", "Give this field: it is required."),
    "extra_forbidden": ("unknown_field", "There is no field of this name; take it out."),
    "frozen_field": ("read_only", "This field cannot be changed; take it out."),
    "string_type": ("wrong_type", _TEXT),
    "string_unicode": ("wrong_type", _TEXT),
    "string_too_short": ("too_short", lambda context, value: _longer(context["min_length"], value)),
    "string_too_long": (
        "too_long",
        lambda context, value: f"Shorten the text to {context['max_length']} characters{_length(value)}.",
    ),
    "string_pattern_mismatch": (
        "wrong_form",
        lambda context, _value: f"Write text of the form {context['pattern']} (a regular expression).",
    ),
    "enum": ("unknown_code", lambda context, _value: f"Write one of {context['expected']}."),
    "literal_error": ("unknown_code", lambda context, _value: f"Write {context['expected']}."),
    "int_type": ("wrong_type", _WHOLE),
    "int_parsing": ("wrong_type", _WHOLE),
    "int_parsing_size": ("too_large", "The number is too large; write a smaller one."),
    "int_from_float": ("wrong_type", _WHOLE),
    "float_type": ("wrong_type", _NUMBER),
    "float_parsing": ("wrong_type", _NUMBER),
    "decimal_type": ("wrong_type", _NUMBER),
    "decimal_parsing": ("wrong_type", _NUMBER),
    "finite_number": ("wrong_type", "Write a finite number."),
    "bool_type": ("wrong_type", _BOOLEAN),
    "bool_parsing": ("wrong_type", _BOOLEAN),
    "none_required": ("wrong_type", "Write null, or take the field out."),
    "greater_than": ("too_small", lambda context, _value: f"Write a number above {context['gt']}."),
    "greater_than_equal": ("too_small", lambda context, _value: f"Write {context['ge']} or more."),
    "less_than": ("too_large", lambda context, _value: f"Write a number below {context['lt']}."),
    "less_than_equal": ("too_large", lambda context, _value: f"Write {context['le']} or less."),
    "multiple_of": ("wrong_step", lambda context, _value: f"Write a multiple of {context['multiple_of']}."),
    "too_short": (
        "too_few",
        lambda context, _value: _more(context["min_length"], _entries(context)),
    ),
    "too_long": (
        "too_many",
        lambda context, value: _shorter(context["max_length"], context, value),
    ),
    "list_type": ("wrong_type", _LIST),
    "tuple_type": ("wrong_type", _LIST),
    "set_type": ("wrong_type", _LIST),
    "frozen_set_type": ("wrong_type", _LIST),
    "iterable_type": ("wrong_type", _LIST),
    "dict_type": ("wrong_type", _OBJECT),
    "mapping_type": ("wrong_type", _OBJECT),
    "model_type": ("wrong_type", _OBJECT),
    "model_attributes_type": ("wrong_type", _OBJECT),
    "date_type": ("wrong_type", _DAY),
    "date_parsing": ("wrong_form", _DAY),
    "date_from_datetime_parsing": ("wrong_form", _DAY),
    "date_from_datetime_inexact": ("wrong_form", _DAY),
    "date_past": ("too_late", "Write a day in the past."),
    "date_future": ("too_early", "Write a day in the future."),
    "datetime_type": ("wrong_type", _TIME),
    "datetime_parsing": ("wrong_form", _TIME),
    "datetime_from_date_parsing": ("wrong_form", _TIME),
    "timezone_aware": ("wrong_form", _TIME),
    "url_type": ("wrong_type", _ADDRESS),
    "url_parsing": ("wrong_form", _ADDRESS),
    "url_scheme": ("wrong_form", _ADDRESS),
    "url_syntax_violation": ("wrong_form", _ADDRESS),
    "url_too_long": ("too_long", lambda context, _value: f"Shorten the address to {context['max_length']} characters."),
    "uuid_type": ("wrong_type", _UUID),
    "uuid_parsing": ("wrong_form", _UUID),
    "union_tag_invalid": (
        "unknown_code",
        lambda context, _value: f"Write {context['discriminator']} as one of {context['expected_tags']}.",
    ),
    "union_tag_not_found": (
        "missing",
        lambda context, _value: f"Give the field {context['discriminator']}: it says which kind this is.",
    ),
}
