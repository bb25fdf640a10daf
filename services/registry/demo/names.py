"""Made-up names, numbers and addresses: by rule, so that none repeats and none is a real one.

A root is seven letters, consonant and vowel in turn (`Tamuris`). Each organisation has its own, taken by its number in
the ecosystem: roots differ, so titles, slugs and host names differ, and nothing need be remembered to keep them apart.

Numbers have true check digits and come from ranges in which the register has not given any out: enterprise numbers
from 19…, establishment units from 88… and 89…. Hosts end in `.example` (RFC 2606), telephone numbers have the block
00 after the zone, where no subscriber's number begins.
"""

from hashlib import blake2b

CONSONANTS = "bdfgklmnprstvz"
VOWELS = "aeiou"
FINALS = "lmnrsx"
_PAIRS = tuple(consonant + vowel for consonant in CONSONANTS for vowel in VOWELS)
_ROOTS = len(_PAIRS) ** 3
_STRIDE = 211_987
"""About the golden ratio of the number of roots, and without a common divisor: neighbours get unlike roots."""
_LAPS = ("", "a", "o", "i")
_BASE_32 = b"abcdefghijklmnopqrstuvwxyz234567" * 8
"""A letter of the ids' alphabet for each byte."""
TELEPHONES = 10_000
"""How many organisations can have a telephone number of their own in one zone."""
MOST = 1_000_000
"""How many organisations the ranges of numbers are made for."""
REAL_WORDS = frozenset({"Telenor", "Nikolas", "Salomon", "Solomon", "Novares", "Sodimas", "Madison", "Ramadan"})
"""Words that the rule can make and that mean something already; their last vowel is doubled (`Telenoor`)."""


def root(number: int, seed: int) -> str:
    """The name of the `number`-th organisation, capitalised. Raises ValueError beyond what the rule can keep apart."""
    lap, place = divmod(number, _ROOTS)
    if lap >= len(_LAPS):
        raise ValueError(f"the rule of names ends at {_ROOTS * len(_LAPS)} organisations")
    word = _word((place * _STRIDE + seed * 7_919) % _ROOTS)
    return (f"{word[:6]}{word[5:]}" if word in REAL_WORDS else word) + _LAPS[lap]


def _word(place: int) -> str:
    rest, third = divmod(place, len(_PAIRS))
    first, second = divmod(rest, len(_PAIRS))
    final = FINALS[(first + 3 * second + 5 * third) % len(FINALS)]
    return f"{_PAIRS[first]}{_PAIRS[second]}{_PAIRS[third]}{final}".capitalize()


def person(number: int, seed: int) -> str:
    """A made-up person's name: two words of the same rule, other than any organisation's at the same number."""
    first = _word((number * 104_729 + seed * 31 + 17) % _ROOTS)[:5]
    return f"{first} {_word((number * 15_485_863 + seed * 101 + 5) % _ROOTS)}"


def identifier(kind: str, number: int, seed: int) -> str:
    """`org-` or `grant-` and 16 characters that depend on number and seed alone."""
    digest = blake2b(b"%d/%d" % (seed, number), digest_size=16, person=kind.encode()).digest()
    return f"{kind}-{digest.translate(_BASE_32).decode()}"


def enterprise_number(number: int) -> str:
    """A well-formed enterprise number that the register has not given to anybody."""
    return _with_check_digits(19_000_000 + number)


def establishment_number(number: int, unit: int = 0) -> str:
    """A well-formed establishment number that the register has not given to anybody; `unit` is 0 or 1."""
    return _with_check_digits(89_000_000 - unit * 1_000_000 + number)


def _with_check_digits(eight: int) -> str:
    return f"{eight}{97 - eight % 97:02d}"


def phone(zone: str, number: int) -> str:
    """A telephone number, E.164, that cannot ring anywhere: no subscriber's number begins with 00.

    `zone` has two digits, and `number` is less than `TELEPHONES`.
    """
    return f"+32{zone}00{number:04d}"
