"""Header fields of a request, for what is asked for several of them: the raw ones are walked once."""

from starlette.types import Scope


class Fields:
    """The fields by name. Names are bytes in lower case, as ASGI gives them."""

    __slots__ = ("_first", "_raw")

    def __init__(self, scope: Scope) -> None:
        self._raw = scope["headers"]
        self._first = dict(reversed(self._raw))

    def get(self, name: bytes) -> str | None:
        """The field, the first where it was sent several times."""
        value = self._first.get(name)
        return None if value is None else value.decode("latin-1")

    def all(self, name: bytes) -> list[str]:
        """The field as often as it was sent."""
        if name not in self._first:
            return []
        return [value.decode("latin-1") for field, value in self._raw if field == name]
