"""Documents are much alike: compressed with a dictionary of some of them they take a quarter of their size."""

import zlib
from collections.abc import Sequence

_WINDOW_BITS = 13
"""The window holds the whole dictionary. With a larger one a compressor takes longer to begin than for a document."""
_MEMORY_LEVEL = 6
_LEVEL = 1
DICTIONARY_BYTES = 1 << _WINDOW_BITS


class Dictionary:
    """A compressor and a decompressor that know what documents look like."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self._compressor = zlib.compressobj(_LEVEL, zlib.DEFLATED, -_WINDOW_BITS, _MEMORY_LEVEL, zdict=content)
        self._decompressor = zlib.decompressobj(-_WINDOW_BITS, zdict=content)

    def compress(self, content: bytes) -> bytes:
        """The content, smaller."""
        compressor = self._compressor.copy()  # the dictionary is read once
        return compressor.compress(content) + compressor.flush()

    def decompress(self, content: bytes) -> bytes:
        """The content as it was."""
        return self._decompressor.copy().decompress(content)


def dictionary_of(samples: Sequence[bytes]) -> Dictionary:
    """One made of documents: of some from everywhere, because neighbours are of one kind."""
    step = max(1, sum(map(len, samples)) // DICTIONARY_BYTES)
    return Dictionary(b"".join(samples[::step])[:DICTIONARY_BYTES])
