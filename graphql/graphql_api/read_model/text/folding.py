"""How texts are compared: without case, accents, ligatures, apostrophes, punctuation and the dots of acronyms."""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

_ACRONYM = re.compile(r"\b(?:[^\W\d_]\.){2,}(?:[^\W\d_]\b)?")
"""`S.A.` and `A.I`, but no part of a longer word."""
_SEPARATORS = re.compile(r"[\W_]+")
_WESTERN = "cp1252"
"""Latin-1 with the dashes and quotation marks of typography: what nearly all texts are in."""
_CODES = 0x100
_ROW_ENDS = b"\n"
_LATIN = 0x250
"""Latin letters with accents come before it."""
_LETTERS = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "µ": "u",
    "ƒ": "f", "™": "tm", "ˆ": " ",
}  # fmt: skip
"""Those that are no plain letter with an accent."""


def fold(text: str) -> str:
    """The text in plain lower-case letters and digits, words apart by one space.

    `L'Œuvre S.A. à Liège` becomes `l oeuvre sa a liege`. Letters of other scripts stay as they are; a text that has
    neither letters nor digits is kept, so that it can be compared at all.
    """
    text = _without_dots(text)
    try:
        plain = _plain_letters(_western(text))
    except UnicodeEncodeError:
        plain = _any_script(text)
    return " ".join(plain.split()) or " ".join(text.lower().split())


def words_of(texts: Sequence[str]) -> list[list[str]]:
    """The words of each text, folded: the same as one by one, in less time."""
    rows = []
    for text in texts:
        try:
            rows.append(_western(_without_dots(text)).replace(_ROW_ENDS, b" "))
        except UnicodeEncodeError:
            rows.append(b"")  # it has no words so, and is folded alone below
    plain = _plain_letters(_ROW_ENDS.join(rows), _rows()).split(_ROW_ENDS.decode())
    return [row.split() or fold(texts[place]).split() for place, row in enumerate(plain[: len(texts)])]


def _without_dots(text: str) -> str:
    return _ACRONYM.sub(lambda found: found[0].replace(".", ""), text) if _has_acronym(text) else text


def _has_acronym(text: str) -> bool:
    """Whether two dots stand a letter apart: most texts end here."""
    at = text.find(".")
    while at >= 0:
        if text[at + 2 : at + 3] == ".":
            return True
        at = text.find(".", at + 1)
    return False


def _western(text: str) -> bytes:
    """A byte for each character. Raises UnicodeEncodeError for a text in which there are others."""
    return text.encode() if text.isascii() else text.encode(_WESTERN)


def _plain_letters(text: bytes, table: bytes | None = None) -> str:
    pairs = _pairs()
    if len(text.translate(None, pairs.letters)) < len(text):
        for letter, plain in pairs.plain:
            text = text.replace(letter, plain)
    return text.translate(table or _bytes()).decode()


def _any_script(text: str) -> str:
    lowered = text.casefold().translate(_letters())
    apart = unicodedata.normalize("NFKD", lowered)
    plain = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return _SEPARATORS.sub(" ", plain)


@cache
def _characters() -> tuple[str, ...]:
    """Those that have a byte, a space where a byte has none."""
    return tuple(bytes([code]).decode(_WESTERN, "ignore") or " " for code in range(_CODES))


@cache
def _bytes() -> bytes:
    """What each byte becomes: a plain letter, a digit or a space."""
    plain = map(_plain, _characters())
    return bytes(ord(letter) if len(letter) == 1 and letter.isascii() and letter.isalnum() else 32 for letter in plain)


@cache
def _rows() -> bytes:
    """The same, but what ends a row stays."""
    table = bytearray(_bytes())
    table[ord(_ROW_ENDS)] = ord(_ROW_ENDS)
    return bytes(table)


class _Pairs(NamedTuple):
    """The bytes that become two letters."""

    letters: bytes
    plain: tuple[tuple[bytes, bytes], ...]


@cache
def _pairs() -> _Pairs:
    plain = {bytes([code]): _plain(letter).encode() for code, letter in enumerate(_characters())}
    found = tuple((letter, two) for letter, two in plain.items() if len(two) == 2 and two.isalpha())  # noqa: PLR2004
    return _Pairs(b"".join(letter for letter, _ in found), found)


@cache
def _letters() -> dict[int, str]:
    """What each Latin letter that is no plain one becomes."""
    known = {*map(chr, range(_LATIN)), *_LETTERS}
    return {ord(letter): _plain(letter) for letter in known if _plain(letter) != letter}


def _plain(letter: str) -> str:
    lowered = letter.lower()
    return _LETTERS.get(lowered) or unicodedata.normalize("NFKD", lowered)[0]
