"""Numbers of the Belgian register of enterprises (KBO/BCE): a wrong one cannot be constructed.

Both kinds have ten digits, of which the last two are 97 minus the first eight modulo 97: 01 to 97, so never `00`.
Messages never repeat the number they refuse: that of a natural person is personal data.
"""

import re
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

_LENGTH = 10
_LONGEST_SPELLING = 40
_SEPARATORS = re.compile(r"[\s.\-]+")


@dataclass(frozen=True, slots=True, order=True)
class _RegisterNumber:
    digits: str
    """The ten digits, as they are stored and put in JSON."""

    noun: ClassVar[str]
    first_digits: ClassVar[str]
    example: ClassVar[str]
    prefix: ClassVar[str] = ""
    """What may stand before the digits, as a regular expression."""
    had_nine_digits: ClassVar[bool] = False
    """Whether an old form has nine digits, which a leading 0 makes ten."""

    def __post_init__(self) -> None:
        _check(self)

    @classmethod
    def parse(cls, text: str) -> Self:
        """The number in any usual spelling; spaces, dots and hyphens may stand anywhere.

        Raises ValueError that names what is wrong and what to write instead.
        """
        if len(text) > _LONGEST_SPELLING:
            raise ValueError(f"write {cls.noun} alone, for example {cls.example}")
        digits = re.sub(f"^(?:{cls.prefix})", "", _SEPARATORS.sub("", text).upper())
        return cls(f"0{digits}" if len(digits) == _LENGTH - 1 and cls.had_nine_digits else digits)

    @classmethod
    def _validate(cls, value: Any) -> Self:
        if isinstance(value, cls):
            return value
        if not isinstance(value, str):
            # pydantic collects ValueError only
            raise ValueError(f'write {cls.noun} as text: "{cls.example}"')  # noqa: TRY004
        return cls.parse(value)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls._validate,
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda number: number.digits, return_schema=core_schema.str_schema()
            ),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        # One schema for what is read and what is written, so that a document has one schema; readers get digits.
        return {
            "type": "string",
            "title": cls.__name__,
            "description": f"{cls.noun.capitalize()}: ten digits; with dots, spaces or hyphens it is read too.",
            "pattern": f"^[{cls.first_digits}][0-9]{{9}}$",
            "examples": [cls.parse(cls.example).digits],
        }

    def __str__(self) -> str:
        return f"{self.digits[:4]}.{self.digits[4:7]}.{self.digits[7:]}"


@dataclass(frozen=True, slots=True, order=True)
class EnterpriseNumber(_RegisterNumber):
    """Number of a registered entity, shown `0403.227.515`: first digit 0 or 1.

    `parse` also reads the VAT number (`BE0403227515`), the ISO 6523 form and the old nine digits.
    """

    noun: ClassVar[str] = "an enterprise number"
    first_digits: ClassVar[str] = "01"
    example: ClassVar[str] = "0403.227.515"
    prefix: ClassVar[str] = "0208:|BE"
    had_nine_digits: ClassVar[bool] = True

    @property
    def vat(self) -> str:
        """The Belgian VAT number; whether the entity is liable to VAT is another question."""
        return f"BE{self.digits}"

    @property
    def iso6523(self) -> str:
        """The number with its ISO 6523 scheme, as schema.org's `iso6523Code` and Peppol have it."""
        return f"0208:{self.digits}"


@dataclass(frozen=True, slots=True, order=True)
class EstablishmentNumber(_RegisterNumber):
    """Number of an establishment unit, shown `2.000.000.339`: first digit 2 to 8."""

    noun: ClassVar[str] = "an establishment number"
    first_digits: ClassVar[str] = "2345678"
    example: ClassVar[str] = "2.000.000.339"

    def __str__(self) -> str:
        return f"{self.digits[0]}.{self.digits[1:4]}.{self.digits[4:7]}.{self.digits[7:]}"


def _check(number: _RegisterNumber) -> None:
    digits, noun, example = number.digits, number.noun, number.example
    if re.search("[^0-9]", digits):
        raise ValueError(f"{noun} has digits only; write it like {example}")
    if len(digits) != _LENGTH:
        raise ValueError(f"{noun} has 10 digits, and this has {len(digits)}; write it like {example}")
    if digits[0] not in number.first_digits:
        allowed = f"{number.first_digits[0]} to {number.first_digits[-1]}"
        raise ValueError(f"{noun} begins with {allowed}, and this with {digits[0]}; write it like {example}")
    if int(digits[8:]) != 97 - int(digits[:8]) % 97:
        raise ValueError(f"the two check digits of {noun} do not fit the others; compare each digit with the register")
