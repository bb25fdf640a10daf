"""What changed between two documents: paths with the value before and after."""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from typing import Any

from services.events.contracts.entries import Entry, Json
from services.events.contracts.vocabulary import Visibility


def changes_between(before: Json | None, after: Json | None) -> list[Json]:
    """The changed paths as `{"path", "before", "after"}`; a side on which the path does not exist is absent.

    Objects are compared member by member, arrays and texts as a whole. A document that is not there any more is one
    change of the whole, path ""; one that was not there before is told by itself and not repeated as a change.
    """
    if before is None:
        return []
    if after is None:
        return [{"path": "", "before": before}]
    return list(_walk("", before, after))


def document_before(entry: Entry) -> Json | None:
    """The public document before the entry; none when the subject was not public."""
    if entry.visibility in {Visibility.ENTERED, Visibility.HIDDEN}:
        return None
    return rewind(entry.document, entry.changes)


def _walk(path: str, before: Json, after: Json) -> Iterator[Json]:
    for name in [*before, *(name for name in after if name not in before)]:
        here = f"{path}/{name.replace('~', '~0').replace('/', '~1')}"
        old, new = before.get(name), after.get(name)
        if name not in after:
            yield {"path": here, "before": old}
        elif name not in before:
            yield {"path": here, "after": new}
        elif isinstance(old, dict) and isinstance(new, dict):
            yield from _walk(here, old, new)
        elif old != new:
            yield {"path": here, "before": old, "after": new}


def rewind(document: Json | None, changes: Sequence[Json]) -> Json | None:
    """The document before the changes that led to it."""
    earlier: Any = deepcopy(document)
    for change in changes:
        if change["path"] == "":
            earlier = deepcopy(change.get("before"))
        else:
            _put_back(earlier, change)
    result: Json | None = earlier
    return result


def _put_back(document: Json, change: Json) -> None:
    *parents, last = [part.replace("~1", "/").replace("~0", "~") for part in change["path"][1:].split("/")]
    target = document
    for name in parents:
        target = target[name]
    if "before" in change:
        target[last] = deepcopy(change["before"])
    else:
        del target[last]
