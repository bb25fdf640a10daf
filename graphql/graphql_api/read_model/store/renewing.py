"""Another file for records, written a little at a time while they go on changing."""

from array import array

from graphql_api.read_model.store.files import RecordFile
from graphql_api.read_model.store.vocabulary import Vocabulary
from graphql_api.read_model.store.writing import FileWriter


class Renewal:
    """The copy of a table into another file."""

    def __init__(self, writer: FileWriter) -> None:
        self.copied = 0
        """Ordinals that were looked at."""
        self.changed: set[int] = set()
        """Those whose record became another one since the copy was begun."""
        self.writer = writer
        self.file: RecordFile | None = None
        """None until it is finished."""
        self.places = array("Q")
        """Where it has each ordinal; 0 for those that changed meanwhile."""

    def add(self, blob: bytes | None) -> None:
        """Copy what the next ordinal has."""
        if blob is not None:
            self.writer.add(self.copied, blob)
        self.copied += 1

    def finish(self, vocabulary: Vocabulary) -> None:
        """Write the end of the file."""
        self.file, self.places = self.writer.finish(vocabulary), self.writer.places
        self.places.extend([0] * (self.copied - len(self.places)))
        for ordinal in self.changed:
            self.places[ordinal] = 0
