"""Names as they are compared: without case, accents, apostrophes and punctuation."""

import re
import unicodedata

_SEPARATORS = re.compile(r"[^a-z0-9]+")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l"})


def fold(text: str) -> str:
    """The text in plain lower-case letters and digits, words apart by one space.

    `L'Œuvre à Liège` becomes `l oeuvre a liege`. What has no Latin letter at all is kept in its own script.
    """
    if text.isascii():
        return _SEPARATORS.sub(" ", text.lower()).strip() or text.lower().strip()
    lowered = unicodedata.normalize("NFKD", text.casefold().translate(_LIGATURES))
    plain = "".join(character for character in lowered if not unicodedata.combining(character))
    return _SEPARATORS.sub(" ", plain).strip() or " ".join(plain.split())
