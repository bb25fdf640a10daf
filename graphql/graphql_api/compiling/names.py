"""Names in the source of a plan: each stands for one thing."""

import re
from functools import lru_cache
from keyword import kwlist
from typing import Any

_OWN = ("source", "info", "values", "document", "key", "kept", "parts", "problem")
"""Those that the source has by itself."""


class Names:
    """The names of one plan, and the values that some of them stand for."""

    def __init__(self, **values: Any) -> None:
        """`values` have these names, so no other thing gets them."""
        self.values: dict[str, Any] = values
        """What the source refers to, by name."""
        self._known: dict[tuple[str, int], str] = {}
        self._taken = {*kwlist, *_OWN, *values}
        self._last: dict[str, int] = {}
        """The highest number that stands behind a name."""

    def of(self, value: Any, hint: str | None = None) -> str:
        """The value in the source: as it is written there, or by a name."""
        if isinstance(value, bool | int | None) or type(value) is str:
            return repr(value)
        hint = hint or value.__name__
        known = hint, id(value)
        if known not in self._known:
            name = self._known[known] = self.new(hint)
            self.values[name] = value
        return self._known[known]

    def new(self, hint: str) -> str:
        """A name that nothing in the source has yet."""
        name = plain = _in_lower_case(hint)
        number = self._last.get(plain, 1)
        while name in self._taken:
            number += 1
            name = f"{plain}_{number}"
        self._taken.add(name)
        self._last[plain] = number
        return name


@lru_cache(1_000)
def _in_lower_case(hint: str) -> str:
    return re.sub(r"\W", "", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", hint)).lower().strip("_")
