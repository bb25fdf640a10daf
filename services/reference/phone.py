"""Telephone numbers, kept as E.164."""

import re

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

_HOME_REGION = "BE"
_WRITTEN = re.compile(r"\+?[0-9\s().\-/]+")
_REMEDY = "write it like 081 12 34 56, or with + and the country for one abroad, like +33 1 99 00 12 34"


def parse_phone(text: str) -> str:
    """The number as E.164 (`+3281123456`); one without `+` or `00` is Belgian.

    Raises ValueError that says what to write instead; the number is not repeated in it.
    """
    stripped = text.strip()
    if not _WRITTEN.fullmatch(stripped):
        raise ValueError(f"a telephone number has digits only, and no words or extension; {_REMEDY}")
    try:
        number = phonenumbers.parse(stripped, _HOME_REGION)
    except NumberParseException as error:
        raise ValueError(f"this cannot be read as a telephone number; {_REMEDY}") from error
    if not phonenumbers.is_valid_number(number):
        raise ValueError(f"no such telephone number can exist: a digit is missing, too many or wrong; {_REMEDY}")
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)
