"""From pydantic's errors to those of the problem document."""

from pydantic import ValidationError

from services.problems import FieldError


def field_errors(error: ValidationError) -> list[FieldError]:
    """Each error with a JSON pointer to the field, and a sentence; the refused value is not repeated in it."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return [FieldError(_pointer(one["loc"]), one["type"], _detail(one["msg"])) for one in found]


def _pointer(location: tuple[int | str, ...]) -> str:
    return "".join(f"/{str(name).replace('~', '~0').replace('/', '~1')}" for name in location)


def _detail(message: str) -> str:
    text = message.removeprefix("Value error, ")
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"
