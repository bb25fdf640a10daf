"""What organisations have in common when they are likely the same: folded names per commune, web hosts, telephones.

Comparing a name with a million others is too slow, so each organisation keeps a few short keys, and only those that
share a key are compared: the beginning and the end of its name within its commune, so that one typing error spoils one
of the two at most; longer pieces across the region, for organisations of which no commune is known.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

from services.events.contracts.organisation import Organisation, PublicContent
from services.reference.communes import fold_name, follow

_LEGAL_FORMS = re.compile(
    r"\b(?:a ?s ?b ?l|aisbl|v ?z ?w|ivzw|s ?a|n ?v|s ?r ?l|sprlu?|bv|bvba|ebvba|scrl(?: ?fs)?|sc|scs|snc|cv|cvba"
    r"|comm ?v|gie|gmbh|ag|ug|ltd|inc|llc|plc|sas|sarl|fup)\b"
)
_SHARED_HOSTS = frozenset(
    {
        *("facebook.com", "linkedin.com", "instagram.com", "x.com", "twitter.com", "youtube.com", "tiktok.com"),
        *("github.com", "sites.google.com", "wordpress.com", "blogspot.com", "wixsite.com", "linktr.ee", "medium.com"),
    }
)
_NO_COMMUNE = "*"
_PIECE = 4
_LONG_PIECE = 8


class NameKey(NamedTuple):
    """A key under which an organisation is found, with the name to compare; none where the key itself is proof."""

    key: str
    name: str = ""


NAMED_BY = frozenset({"title", "websites", "phone", "establishments"})
"""The fields that keys are made from."""


def keys_of(content: PublicContent) -> frozenset[NameKey]:
    """The keys under which an organisation is found later."""
    return frozenset(_stored_keys(content))


def keys_to_ask(content: PublicContent) -> frozenset[NameKey]:
    """The keys under which likely duplicates of the content are looked for."""
    if not _communes(content):
        return keys_of(content)
    within = (key for key in _stored_keys(content) if not key.key.startswith("="))
    return frozenset([*within, *_keys_without_commune(content)])


def compared_names(content: PublicContent) -> tuple[str, ...]:
    """The titles, folded, without legal forms and the communes that the organisation lies in."""
    communes = [name for code in _communes(content) for name in _commune_names(code)]
    titles = [getattr(content.title, language) for language in content.title.languages]
    return tuple(dict.fromkeys(name for title in titles if (name := _strip(fold_name(title), communes))))


def _stored_keys(content: PublicContent) -> Iterator[NameKey]:
    communes = _communes(content) or (_NO_COMMUNE,)
    for name in compared_names(content):
        compact = name.replace(" ", "")
        for commune in communes:
            yield from _ends(f"{commune}:", compact, _PIECE, name)
        yield from _ends("=", compact, _LONG_PIECE, name)
    yield from (NameKey(f"host:{host}"[:80]) for host in hosts(content))
    yield from (NameKey(f"phone:{phone}") for phone in phones(content))


def _keys_without_commune(content: PublicContent) -> Iterator[NameKey]:
    for name in compared_names(content):
        yield from _ends(f"{_NO_COMMUNE}:", name.replace(" ", ""), _PIECE, name)


def _ends(scope: str, compact: str, length: int, name: str) -> Iterator[NameKey]:
    yield NameKey(f"{scope}{compact[:length]}<", name)
    yield NameKey(f"{scope}>{compact[-length:]}", name)


def hosts(content: PublicContent) -> frozenset[str]:
    """Hosts of the websites, without `www.`; those that many organisations share tell nothing."""
    found = (urlsplit(address).hostname or "" for address in content.websites)
    return frozenset(host.removeprefix("www.") for host in found) - _SHARED_HOSTS


def phones(content: PublicContent) -> frozenset[str]:
    """Telephone numbers of the organisation and its establishments."""
    places = (place.phone for place in content.establishments)
    return frozenset(phone for phone in (content.phone, *places) if phone)


def hides_person(organisation: Organisation) -> bool:
    """Whether the organisation is a person who does not want to be shown."""
    return organisation.private.natural_person and not organisation.private.display_consent


def _communes(content: PublicContent) -> tuple[str, ...]:
    codes = (place.address.nis_code for place in content.establishments)
    return tuple(dict.fromkeys(_present_code(code) for code in codes if code))


def _present_code(code: str) -> str:
    try:
        return follow(code).nis_code
    except ValueError:
        return code


def _commune_names(code: str) -> tuple[str, ...]:
    try:
        return tuple(fold_name(name) for name in follow(code).names)
    except ValueError:
        return ()


def _strip(name: str, communes: list[str]) -> str:
    """The name without legal forms and commune names; the whole of it when nothing else would be left."""
    rest = _LEGAL_FORMS.sub(" ", name)
    for commune in communes:
        rest = re.sub(rf"\b{re.escape(commune)}\b", " ", rest)
    return " ".join(rest.split()) or name
