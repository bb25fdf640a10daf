"""Digest of a view: what proves that two copies hold the same subjects with the same documents.

Each subject's document is hashed, and the hashes are added modulo 2^256: the order of subjects does not matter, and a
change costs one subtraction and one addition.
"""

from hashlib import blake2b

import orjson

from services.events.contracts.entries import Json, Subject

EMPTY = "0" * 64
_MODULUS = 1 << 256


def hash_of(subject: Subject, *documents: Json | None) -> str:
    """Hash of a subject's documents in a view, as 64 hexadecimal digits."""
    return hashed(subject, *documents).hex()


def hashed(subject: Subject, *documents: Json | None) -> bytes:
    """The same hash, as 32 bytes."""
    text = orjson.dumps([subject.kind, subject.id, *documents], option=orjson.OPT_SORT_KEYS)
    return blake2b(text, digest_size=32).digest()


def replaced(digest: str, before: str | None, after: str | None) -> str:
    """The digest after one subject's hash became another; none stands for a subject that the view does not hold."""
    total = int(digest, 16) - int(before or "0", 16) + int(after or "0", 16)
    return f"{total % _MODULUS:064x}"


class RunningDigest:
    """The digest of a view that goes on changing: its text is made when it is asked for."""

    def __init__(self, start: str = EMPTY) -> None:
        self._sum = int(start, 16)

    def __str__(self) -> str:
        return f"{self._sum % _MODULUS:064x}"

    def replace(self, before: bytes | None, after: bytes | None) -> None:
        """Let one subject's hash become another, as `replaced` does."""
        self._sum += int.from_bytes(after or b"") - int.from_bytes(before or b"")
