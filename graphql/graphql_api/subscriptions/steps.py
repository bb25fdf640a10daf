"""One entry of the log as a step: the organisation before and after it, made once for all subscribers."""

from datetime import UTC, datetime
from functools import cached_property

from graphql_api.read_model.defaults import complete
from graphql_api.read_model.facts import facts_of
from graphql_api.read_model.records import Record, record_of
from graphql_api.read_model.store.blobs import stamp_of
from services.events.contracts.entries import Json
from services.events.contracts.position import Position
from services.events.contracts.transitions import Change


class Step(Change):
    """An entry with what can be said of the organisation before and after it."""

    @property
    def position(self) -> Position:
        """Where in the log."""
        return self.entry.position

    @cached_property
    def after(self) -> Record | None:
        """The organisation after the change, at this position whatever became of it later."""
        entry = self.entry
        return self._record(entry.document, entry.restricted, entry.version, entry.position)

    @cached_property
    def before(self) -> Record | None:
        """The organisation before the change."""
        return self._record(self.document_before, self.restricted_before, self.entry.version - 1, None)

    def _record(
        self, document: Json | None, restricted: Json | None, version: int, position: Position | None
    ) -> Record | None:
        """A record that is in no index. Whether a caller may read the restricted part is asked where it is read."""
        if document is None:
            return None
        identifier, completed = self.entry.subject.id, complete(document)
        facts = facts_of(identifier, completed, restricted, datetime.now(UTC).date())
        return record_of(stamp_of(b"", version, position), facts, (completed, restricted))
