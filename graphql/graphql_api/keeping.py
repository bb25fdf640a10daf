"""What was made once and is used again, bounded in number."""

from collections.abc import Callable, Hashable
from functools import cached_property
from typing import Any, Generic, TypeVar

import orjson

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """The values put or got lately. When the young half is full, the old half is dropped and the young one is old."""

    def __init__(self, size: int, weigh: Callable[[Key], int] | None = None) -> None:
        """`size` is how many, or how much by what `weigh` says of their keys."""
        self._half = max(1, size // 2)
        self._weigh = weigh
        self._taken: float = 0
        self._young: dict[Key, Value] = {}
        self._old: dict[Key, Value] = {}

    def get(self, key: Key, default: Any = None) -> Any:
        """The value of the key, or the default."""
        found = self._young.get(key, self)
        if found is not self:
            return found
        found = self._old.get(key, self)
        if found is self:
            return default
        self.put(key, found)  # type: ignore[arg-type] # it is not self
        return found

    def put(self, key: Key, value: Value) -> None:
        """Keep the value."""
        if self._taken >= self._half:
            self._old, self._young, self._taken = self._young, {}, 0
        if key not in self._young:
            self._taken += 1 if self._weigh is None else self._weigh(key)
        self._young[key] = value

    def grow(self, weight: float) -> None:
        """Count what was made of a kept value later, and is kept with it."""
        self._taken += weight

    def clear(self) -> None:
        """Drop everything."""
        if self._young or self._old:
            self._young, self._old, self._taken = {}, {}, 0


class PerObject(Generic[Value]):
    """What was made of objects, kept with the object itself: it goes when that one goes.

    Objects are those that can have attributes; of others it is made each time.
    """

    def __init__(self, make: Callable[[Any], Value], name: str) -> None:
        """`name` tells what is made of an object from other things that are."""
        self._make = make
        self._name = f"made {name}"

    def get(self, source: Any) -> Value:
        """What is made of the object."""
        kept = getattr(source, "__dict__", None)
        if kept is None:
            return self._make(source)
        made: Value | None = kept.get(self._name)
        if made is None:
            made = kept[self._name] = self._make(source)
        return made


class Answered:
    """Something that was found at a position, with the JSON that plans made of it: both go at the next position."""

    _MOST = 8
    """Plans show it in that many ways at most; who asks in more of them has the first ones made anew."""

    @cached_property
    def encoded(self) -> dict[tuple[Any, ...], orjson.Fragment]:
        """The JSON by plan and arguments."""
        return {}

    def keep(self, key: tuple[Any, ...], made: Any) -> tuple[orjson.Fragment, int]:
        """Encode and keep it; with how many bytes that takes."""
        content = json_to_keep(made)
        if len(self.encoded) >= self._MOST:
            self.encoded.clear()
        fragment = self.encoded[key] = orjson.Fragment(content)
        return fragment, len(content)


def json_to_keep(value: Any) -> bytes:
    """The JSON of a value, in no more memory than it needs.

    The encoder gives text in the buffer that it was written into, which can be several times as large.
    """
    return bytes(memoryview(orjson.dumps(value)))
