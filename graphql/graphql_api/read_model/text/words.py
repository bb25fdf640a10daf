"""What of a text is looked for, and what a search asks for."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from graphql_api.read_model.text.folding import fold

_ARTICLES = """
    l d j qu n s c m t jusqu lorsqu puisqu quoiqu
    le la les un une des du de au aux et ou en dans par pour sur avec sans sous chez vers ce cette ces se son sa ses
    leur leurs qui que dont est sont a y il elle ils elles nous vous nos vos notre votre plus
    het een der den dat die dit van voor met op in te ten ter aan bij naar uit om is zijn wordt worden zij wij u uw ons
    onze als ook tot
    das dem ein eine einen einem einer und oder fur mit auf im am zu zum zur von vom bei aus nach ist sind wird werden
    sie wir ihr ihre unser unsere als auch
    the an of and or for with on at to from by is are be it its this that these those we our you your as
"""
_LEGAL_FORMS = """
    sa nv srl sprl sprlu bv bvba ebvba asbl aisbl vzw ivzw scrl sc scs snc cv cvba gie gmbh ag ug ltd inc llc plc sas
    sarl fup
"""
OPTIONAL = frozenset((*_ARTICLES.split(), *_LEGAL_FORMS.split()))
"""Words without which the others mean the same: articles, prepositions and legal forms in our four languages."""

_NUMBER = re.compile(r"\s*(?:be|0208:)?[\s./-]*(\d[\d\s./-]*)", re.IGNORECASE)
_FEWEST_DIGITS, _MOST_DIGITS = 3, 10
_LONGEST_INITIALS = 6
_FEWEST_INITIALS = 3
_SHORTEST_IN_TEXTS = 2
_KEPT = 2_000


@dataclass(frozen=True, slots=True)
class SearchText:
    """What a search asks for."""

    words: tuple[str, ...]
    """All words, folded, in their order."""
    terms: tuple[str, ...]
    """The words that an organisation must have."""
    optional: tuple[str, ...]
    """The words that only tell equal ones apart."""
    number: str | None
    """Digits, where the text is an enterprise number or the beginning of one."""


@lru_cache(maxsize=_KEPT)
def parse(text: str) -> SearchText:
    """What the text asks for."""
    words = tuple(fold(text).split())
    needed = tuple(dict.fromkeys(word for word in words if word not in OPTIONAL)) or tuple(dict.fromkeys(words))
    optional = tuple(dict.fromkeys(word for word in words if word not in needed))
    return SearchText(words, needed, optional, _number(text))


def _number(text: str) -> str | None:
    found = _NUMBER.fullmatch(text)
    digits = re.sub(r"\D", "", found[1]) if found else ""
    return digits if _FEWEST_DIGITS <= len(digits) <= _MOST_DIGITS else None


def words_of_texts(texts: tuple[str, ...]) -> set[str]:
    """The words of descriptions that are looked for."""
    return looked_for(fold("\n".join(texts)).split()) if texts else set()


def looked_for(words: Iterable[str]) -> set[str]:
    """Those of the words of a description that are looked for."""
    return {word for word in words if len(word) >= _SHORTEST_IN_TEXTS and word not in OPTIONAL}


def initials(words: Sequence[str]) -> set[str]:
    """What a name of several words may be called for short, with and without its articles: `adn`, `uwe`."""
    if len(words) < _FEWEST_INITIALS:
        return set()
    named = [word for word in words if word not in OPTIONAL]
    made = {"".join(word[0] for word in some) for some in (words, named)}
    return {short for short in made if _FEWEST_INITIALS <= len(short) <= _LONGEST_INITIALS}
