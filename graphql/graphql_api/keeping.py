"""What was made once and is used again, bounded in number."""

from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """The values put or got lately. When the young half is full, the old half is dropped and the young one is old."""

    def __init__(self, size: int) -> None:
        self._half = max(1, size // 2)
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
        if len(self._young) >= self._half:
            self._old, self._young = self._young, {}
        self._young[key] = value

    def clear(self) -> None:
        """Drop everything."""
        if self._young or self._old:
            self._young, self._old = {}, {}


class PerObject(Generic[Value]):
    """What was made of objects that are kept elsewhere, found again by the object itself."""

    def __init__(self, make: Callable[[Any], Value], size: int = 2_000) -> None:
        self._make = make
        self._made: Recent[int, tuple[Any, Value]] = Recent(size)

    def get(self, source: Any) -> Value:
        """What is made of the object."""
        found: tuple[Any, Value] | None = self._made.get(id(source))
        if found is None or found[0] is not source:
            found = source, self._make(source)
            self._made.put(id(source), found)
        return found[1]
