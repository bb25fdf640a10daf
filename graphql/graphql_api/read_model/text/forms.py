"""Singulars and plurals in our four languages, by rule and both ways: `logiciels`, `réseaux`, `oplossingen`, `Daten`.

Rules give forms that may not exist; only those that the index knows are looked for, so that costs nothing.
"""

from functools import lru_cache

_SHORTEST = 4
_SHORTEST_STEM = 3
_ADDED = ("s", "x", "es", "e", "n", "en", "er", "nen")
_EXCHANGED = {
    "s": ("", "zen"),
    "x": ("",),
    "e": ("",),
    "n": ("",),
    "y": ("ies",),
    "f": ("ven",),
    "a": ("en",),
    "es": ("",),
    "en": ("", "a", "um"),
    "er": ("",),
    "al": ("aux",),
    "um": ("en",),
    "nen": ("",),
    "aux": ("al", "ail"),
    "ail": ("aux",),
    "ies": ("y",),
    "ven": ("f",),
    "zen": ("s",),
}
"""What an ending may be exchanged for: `chevaux`, `travaux`, `companies`, `bedrijven`, `huizen`, `data`."""
_LONGEST_ENDING = 3
_UMLAUTS = (("ae", "a"), ("oe", "o"), ("ue", "u"))
"""Written out by who has no such key; folding leaves the plain letter."""
_VOWELS = frozenset("aeou")


@lru_cache(maxsize=8_192)
def forms(word: str) -> frozenset[str]:
    """Other forms that the folded word may have, itself left out."""
    if len(word) < _SHORTEST or word.isdigit():
        return frozenset()
    made = [word + ending for ending in _ADDED]
    for length in range(1, min(_LONGEST_ENDING, len(word) - _SHORTEST_STEM) + 1):
        if endings := _EXCHANGED.get(word[-length:]):
            made += [word[:-length] + ending for ending in endings]
    made += _dutch(word)
    made += [word.replace(written, letter) for written, letter in _UMLAUTS if written in word]
    return frozenset(made)


def _dutch(word: str) -> list[str]:
    """`scholen` and `school`, `netten` and `net`: an open syllable has one vowel, a closed one keeps its own short."""
    stem = word[:-2]
    if not word.endswith("en") or len(stem) < _SHORTEST_STEM:
        return [stem + word[-1] + "en" if word[-2] == word[-3] and word[-2] in _VOWELS else word + word[-1] + "en"]
    if stem[-1] == stem[-2]:
        return [stem[:-1]]
    return [stem[:-1] + stem[-2] + stem[-1]] if stem[-2] in _VOWELS else []
