"""The checked values that documents are made of: a wrong one cannot be constructed, and its error says the remedy."""

import re
from datetime import date
from typing import Annotated, Any
from unicodedata import category
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, EmailStr, Field, StringConstraints

from services.reference.countries import is_country
from services.reference.hours import parse_opening_hours
from services.reference.phone import parse_phone

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
"""Controls, and the overrides of the writing direction: with them a text shows as something else than it says."""
_INVISIBLE = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
_HOST = re.compile(r"(?=.{1,253}\Z)(?:(?!-)[\w-]{1,63}(?<!-)\.)+(?!-)[\w-]{2,63}(?<!-)\.?")
_NOT_IN_ADDRESS = re.compile(r"[\s\x00-\x20\x7f-\x9f<>\"\\\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


class Model(BaseModel):
    """Base of every contract model: immutable, and a field it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, ser_json_inf_nan="constants")


def _plain_text(text: str) -> str:
    if found := _CONTROL.search(text):
        raise ValueError(f"remove the control character U+{ord(found[0]):04X} at place {found.start() + 1}")
    return text


def _one_line(text: str) -> str:
    if "\n" in text or "\r" in text or "\t" in text:
        raise ValueError("write it on one line, without tabulators")
    return _plain_text(text)


def _visible(text: str) -> str:
    if all(category(letter) in _INVISIBLE for letter in text):
        raise ValueError("write something that can be seen: this has only spaces or invisible characters")
    return text


def _ascii(text: str) -> str:
    if not text.isascii():
        raise ValueError("write it with the digits 0 to 9")
    return text


def _web_address(text: str) -> str:
    if found := _NOT_IN_ADDRESS.search(text):
        raise ValueError(f"write the character at place {found.start() + 1} in %-form, or leave it out")
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not _HOST.fullmatch(parts.hostname or ""):
        raise ValueError("write the whole address, with https:// and a host name")
    if parts.port == 0:
        raise ValueError("leave the port out of the address")
    if parts.username or parts.password:
        raise ValueError("leave user name and password out of the address")
    return text


def _country(code: str) -> str:
    if not is_country(code):
        raise ValueError(f"{code!r} is not an ISO 3166-1 alpha-2 country code; write for example BE, FR or DE")
    return code


def _day(value: Any) -> Any:
    if not isinstance(value, str | date):
        raise ValueError('write the day as text: "2026-11-24"')  # noqa: TRY004 - pydantic collects ValueError only
    return value


def _unique(values: tuple[Any, ...]) -> tuple[Any, ...]:
    for index, value in enumerate(values):
        if value in values[:index]:
            raise ValueError(f"entry {index} repeats an earlier one; name each once")
    return values


AsciiDigits = AfterValidator(_ascii)
"""For codes of digits: other scripts have digits too."""
OneLine = AfterValidator(_one_line)
Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    OneLine,
    AfterValidator(_visible),
]
ShortText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=300),
    AfterValidator(_plain_text),
    AfterValidator(_visible),
]
LongText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000),
    AfterValidator(_plain_text),
    AfterValidator(_visible),
]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]{0,79}$")]
"""A code of a list kept elsewhere (a category, a front, a label): lower-case letters, digits, `_`, `.`, `-`."""
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
WebUrl = Annotated[str, StringConstraints(max_length=2_000), AfterValidator(_web_address)]
Phone = Annotated[str, StringConstraints(max_length=40), AfterValidator(parse_phone)]
"""A telephone number, kept as E.164."""
Email = Annotated[EmailStr, StringConstraints(max_length=254)]
Country = Annotated[str, AfterValidator(_country)]
OpeningHours = Annotated[str, StringConstraints(max_length=500), AfterValidator(parse_opening_hours)]
"""Opening hours in the OpenStreetMap `opening_hours` syntax."""
Day = Annotated[date, BeforeValidator(_day)]
Year = Annotated[int, Field(strict=True, ge=1800, le=2200)]
Count = Annotated[int, Field(strict=True, ge=0, le=10_000_000)]
PositiveCount = Annotated[int, Field(strict=True, ge=1, le=10_000_000)]
Amount = Annotated[float, Field(strict=True, ge=0, le=1e13, allow_inf_nan=False)]
"""An amount of money in EUR."""
Percent = Annotated[float, Field(strict=True, ge=0, le=100, allow_inf_nan=False)]
Hours = Annotated[float, Field(strict=True, ge=0, le=168, allow_inf_nan=False)]
"""Hours in a week."""
Flag = Annotated[bool, Field(strict=True)]
Unique = AfterValidator(_unique)
"""For tuples: an entry said twice is an error."""


class Point(Model):
    """A place on the map, WGS84 degrees."""

    longitude: Annotated[float, Field(strict=True, ge=-180, le=180, allow_inf_nan=False)]
    latitude: Annotated[float, Field(strict=True, ge=-90, le=90, allow_inf_nan=False)]
