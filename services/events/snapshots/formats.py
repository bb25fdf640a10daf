"""How the text of a snapshot is sent or stored."""

import zlib
from collections.abc import Callable
from enum import StrEnum
from typing import Protocol

import zstandard

MEDIA_TYPE = "application/x-ndjson"
_GZIP_LEVEL = 3
"""What faster levels leave, a tenth more to send, costs mirrors less than slower ones cost us."""
_GZIP_WINDOW = 31
"""zlib's number for the gzip format with the largest window."""
_ZSTD_LEVEL = 1
"""A twentieth more than level 3, for two thirds of its work. Its window is below the 8 MiB of RFC 9659."""


class Compressor(Protocol):
    """Takes a text piece by piece."""

    def compress(self, data: bytes, /) -> bytes:
        """What is to be sent by now; often nothing."""
        ...

    def flush(self) -> bytes:
        """What is left to be sent in the end."""
        ...


class Format(StrEnum):
    """Formats of a snapshot; for HTTP the names of compressed ones are content codings."""

    PLAIN = "plain"
    GZIP = "gzip"
    ZSTD = "zstd"

    @property
    def ending(self) -> str:
        """What the names of such files end with."""
        return {Format.PLAIN: "", Format.GZIP: ".gz", Format.ZSTD: ".zst"}[self]

    @property
    def media_type(self) -> str:
        """Media type of such a file."""
        return MEDIA_TYPE if self is Format.PLAIN else f"application/{self}"

    def compressor(self) -> Compressor:
        """A new compressor."""
        return _COMPRESSORS[self]()


class _Plain:
    """Passes on what comes."""

    def compress(self, data: bytes, /) -> bytes:
        return data

    def flush(self) -> bytes:
        return b""


def _gzip() -> Compressor:
    return zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, _GZIP_WINDOW)


def _zstd() -> Compressor:
    return zstandard.ZstdCompressor(level=_ZSTD_LEVEL).compressobj()


_COMPRESSORS: dict[Format, Callable[[], Compressor]] = {Format.PLAIN: _Plain, Format.GZIP: _gzip, Format.ZSTD: _zstd}
