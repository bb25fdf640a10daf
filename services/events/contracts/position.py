"""Positions: where in which generation of the log."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic_core import CoreSchema

_FORM = re.compile(r"^([1-9][0-9]{0,8})-(0|[1-9][0-9]{0,15})$")


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """The `number`-th entry of a generation; 0 is before the first one.

    A restore to an older state starts a new generation, because the numbers after the fork get another meaning: so
    whatever carries a number carries the generation too. Written `1-57`.
    """

    generation: int
    number: int

    @classmethod
    def parse(cls, text: str) -> "Position":
        """Read `1-57`. Raises ValueError that says how to write it."""
        found = _FORM.fullmatch(text)
        if not found:
            raise ValueError(f"{text[:40]!r} is not a position; write generation and number, for example 1-57")
        return cls(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        return f"{self.generation}-{self.number}"

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> "CoreSchema":
        from pydantic_core import core_schema  # noqa: PLC0415 - partners' mirrors do without pydantic

        return core_schema.no_info_plain_validator_function(
            lambda value: value if isinstance(value, cls) else cls.parse(str(value)),
            serialization=core_schema.to_string_ser_schema(),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, _core: "CoreSchema", _handler: Any) -> dict[str, Any]:
        return {"type": "string", "pattern": _FORM.pattern, "examples": ["1-57"]}
