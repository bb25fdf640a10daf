"""Documents are much alike: compressed with a dictionary of some of them they take a quarter of their size."""

import zlib
from collections.abc import Iterable, Sequence

_WINDOW_BITS = 13
"""The window holds a whole dictionary. With a larger one a compressor takes longer to begin than for a document."""
_MEMORY_LEVEL = 6
_LEVEL = 1
_DICTIONARY_BYTES = 1 << _WINDOW_BITS
_MOST_SAMPLES = 64
_MOST_DICTIONARIES = 255
NOT_COMPRESSED = 0


class _Dictionary:
    """A compressor and a decompressor that know what documents look like."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self._compressor = zlib.compressobj(_LEVEL, zlib.DEFLATED, -_WINDOW_BITS, _MEMORY_LEVEL, zdict=content)
        self._decompressor = zlib.decompressobj(-_WINDOW_BITS, zdict=content)

    def compress(self, content: bytes) -> bytes:
        compressor = self._compressor.copy()  # so the dictionary is read once
        return compressor.compress(content) + compressor.flush()

    def decompress(self, content: bytes) -> bytes:
        return self._decompressor.copy().decompress(content)


class Dictionaries:
    """Those of one file, by number. The newest compresses, each goes on to decompress what it compressed."""

    def __init__(self, contents: Iterable[bytes] = ()) -> None:
        self._dictionaries = [_Dictionary(content) for content in contents]

    def __len__(self) -> int:
        return len(self._dictionaries)

    @property
    def contents(self) -> list[bytes]:
        """What they are made of, to make the same again."""
        return [dictionary.content for dictionary in self._dictionaries]

    def learn(self, samples: Sequence[bytes]) -> None:
        """Make another dictionary, of some of these from everywhere: neighbours are of one kind."""
        if len(self) < _MOST_DICTIONARIES:
            step = max(1, sum(map(len, samples)) // _DICTIONARY_BYTES)
            self._dictionaries.append(_Dictionary(b"".join(samples[::step])[:_DICTIONARY_BYTES]))

    def compress(self, content: bytes) -> tuple[int, bytes]:
        """The number of the dictionary, and the content, smaller."""
        return len(self), self._dictionaries[-1].compress(content)

    def decompress(self, number: int, content: bytes) -> bytes:
        """The content as it was."""
        return content if number == NOT_COMPRESSED else self._dictionaries[number - 1].decompress(content)


class Samples:
    """A few out of many, evenly from first to last, however many come."""

    def __init__(self) -> None:
        self._kept: list[bytes] = []
        self._every = 1
        self.offered = 0
        """How many there were."""

    def offer(self, sample: bytes) -> None:
        """Keep it, or not."""
        if self.offered % self._every == 0:
            self._kept.append(sample)
            if len(self._kept) >= _MOST_SAMPLES:
                self._kept, self._every = self._kept[::2], 2 * self._every
        self.offered += 1

    @property
    def kept(self) -> Sequence[bytes]:
        """What was kept."""
        return self._kept
