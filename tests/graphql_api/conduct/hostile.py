"""Requests that nobody means well with: each has to be refused, in time, by a word."""

import base64
import json
import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any

LINKS = "relations { organisation { "

Body = Mapping[str, Any]


def _fragments(count: int, text: Callable[[int], str]) -> str:
    return " ".join(text(number) for number in range(count))


DOCUMENTS: Mapping[str, str] = {
    "deep": '{ organisation(slug: "x") { ' + LINKS * 50 + "slug" + " } }" * 50 + " } }",
    "deep without fields": "{ " * 5_000 + "}" * 5_000,
    "deep in inline fragments": "{ viewer { " + "... { " * 400 + "roles" + " }" * 400 + " } }",
    "deep in fragments": "{ viewer { ...F0 } } "
    + _fragments(200, lambda n: f"fragment F{n} on Viewer {{ ...F{n + 1} }}")
    + " fragment F200 on Viewer { roles }",
    "deep list": "{ nodes(ids: " + "[" * 700 + "]" * 700 + ") { id } }",
    "deep object": "{ organisations(first: 1, filter: "
    + "{ noneOf: [" * 100
    + "{}"
    + "] }" * 100
    + ") { totalCount } }",
    "wide": "{ viewer { " + "roles " * 8_000 + " } }",
    "wide with objects": "{ organisations(first: 1) { " + "nodes { slug } " * 370 + " } }",
    "wide with arguments": "{ organisations(first: 1) { nodes { " + "title(language: fr) { text } " * 160 + " } } }",
    "wide with conflicts": "{ organisations(first: 1) { nodes { "
    + "title(language: fr) { text } title(language: nl) { text } " * 70
    + " } } }",
    "wide with aliases": "{ viewer { " + " ".join(f"a{n}: roles" for n in range(500)) + " } }",
    "wide at the root": "{ " + " ".join(f"a{n}: viewer {{ roles }}" for n in range(100)) + " }",
    "wide with unknown fields": "{ viewer { " + " ".join(f"field{n}" for n in range(1_400)) + " } }",
    "wide with unknown arguments": "{ viewer(" + " ".join(f"a{n}: 1" for n in range(400)) + ") { roles } }",
    "wide with directives": "{ viewer { roles " + "@include(if: true) " * 200 + " } }",
    "wide with variables": "query (" + " ".join(f"$v{n}: Int" for n in range(300)) + ") { viewer { roles } }",
    "fragments on themselves": "{ viewer { ...A } } fragment A on Viewer { ...A }",
    "fragments in a circle": "{ viewer { ...F0 } } "
    + _fragments(50, lambda n: f"fragment F{n} on Viewer {{ roles ...F{(n + 1) % 50} }}"),
    "fragments all on all": "{ viewer { ...F0 } } "
    + _fragments(20, lambda n: f"fragment F{n} on Viewer {{ " + " ".join(f"...F{other}" for other in range(20)) + " }"),
    "fragments that double": '{ organisation(slug: "x") { ...F0 } } '
    + _fragments(
        6,
        lambda n: (
            f"fragment F{n} on Organisation {{ "
            + " ".join(f"{key}{n}: {LINKS} ...F{n + 1} }} }}" for key in "abcd")
            + " }"
        ),
    )
    + " fragment F6 on Organisation { slug }",
    "fragments by hundreds": "{ viewer { ...F0 } } "
    + _fragments(300, lambda n: f"fragment F{n} on Viewer {{ roles }}"),
    "pages of pages": "{ organisations(first: 100) { nodes { " + LINKS * 6 + "slug" + " } }" * 6 + " } } }",
    "huge first": "{ organisations(first: 2147483647) { nodes { slug } } }",
    "first beyond integers": "{ organisations(first: 99999999999999999999) { nodes { slug } } }",
    "negative first": "{ organisations(first: -1) { nodes { slug } } }",
    "first and last": "{ organisations(first: 1, last: 1) { nodes { slug } } }",
    "long text": '{ organisations(first: 1, search: "' + "x" * 30_000 + '") { totalCount } }',
    "operations by hundreds": " ".join(f"query A{n} {{ viewer {{ roles }} }}" for n in range(180)),
    "no operation": "fragment F on Viewer { roles }",
    "definition of a type": "type Query { a: Int }",
    "malformed": "{ viewer { roles ",
    "malformed text": '{ organisation(slug: "x) { slug } }',
    "not a document": "SELECT * FROM organisations; --",
    "control characters": "{ viewer \x00\x01 { roles } }",
    "deep introspection": "{ __schema { types " + "{ fields { type " * 6 + "{ name }" + " } }" * 6 + " } }",
    "subscription": "subscription { changes { position } }",
}
"""Refused whatever the variables."""

VARIABLES: Mapping[str, tuple[str, Any]] = {
    "text for a number": ("query ($v: Int) { organisations(first: $v) { totalCount } }", "ten"),
    "number for text": ("query ($v: ID) { organisation(id: $v) { slug } }", {"a": 1}),
    "missing": ("query ($w: ID!) { organisation(id: $w) { slug } }", None),
    "unknown member": (
        "query ($v: OrganisationFilter) { organisations(filter: $v, first: 1) { totalCount } }",
        {"x": 1},
    ),
    "unknown value": (
        "query ($v: OrganisationFilter) { organisations(filter: $v, first: 1) { totalCount } }",
        {"kinds": ["x"]},
    ),
    "list without end": ("query ($v: [ID!]!) { nodes(ids: $v) { id } }", ["x"] * 200_000),
    "lists of lists": ("query ($v: OrganisationFilter) { organisations(filter: $v, first: 1) { totalCount } }", [[[]]]),
    "filters in a filter": (
        "query ($v: OrganisationFilter) { organisations(filter: $v, first: 1) { totalCount } }",
        {"noneOf": [{"kinds": ["company"]}] * 900},
    ),
    "wrong by thousands": (
        "query ($v: OrganisationFilter) { organisations(filter: $v, first: 1) { totalCount } }",
        {"labels": [5] * 10_000},
    ),
    "huge first": ("query ($v: Int) { organisations(first: $v) { nodes { slug } } }", 10**9),
    "first beyond integers": ("query ($v: Int) { organisations(first: $v) { nodes { slug } } }", 10**15),
    "a number without end": ("query ($v: NearInput) { organisations(near: $v, first: 1) { totalCount } }", 1e308),
    "long text": ("query ($v: String) { organisations(search: $v, first: 1) { totalCount } }", "x" * 500_000),
    "lone surrogate": ("query ($v: String) { organisations(search: $v, first: 1) { totalCount } }", "\ud800"),
    "dimensions by thousands": (
        "query ($v: [FacetDimension!]!) { facets(dimensions: $v) { totalCount } }",
        ["kind"] * 60_000,
    ),
    "forged position": ("query ($v: Position) @atLeast(position: $v) { viewer { roles } }", "1-1; DROP TABLE"),
    "no cursor": ("query ($v: String) { organisations(first: 1, after: $v) { totalCount } }", "x" * 3_000),
}
"""Documents that are right, with the value of `$v` that is not."""


def bodies() -> Iterator[tuple[str, Body]]:
    """All of them by name, as bodies."""
    for name, query in DOCUMENTS.items():
        yield name, {"query": query}
    for name, (query, value) in VARIABLES.items():
        yield f"variables: {name}", {"query": query, "variables": {"v": value}}
    yield "unknown operation", {"query": "query A { viewer { roles } }", "operationName": "B"}
    yield "unknown document", {"documentId": "sha256:" + "0" * 64}


def forged(cursor: str) -> Iterator[str]:
    """Cursors that nobody gave, made from one that was."""
    draw = random.Random(1)  # noqa: S311 - a choice of examples
    raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    for _ in range(200):
        at = draw.randrange(len(raw))
        changed = raw[:at] + bytes([raw[at] ^ (1 << draw.randrange(8))]) + raw[at + 1 :]
        yield base64.urlsafe_b64encode(changed).rstrip(b"=").decode()
    contents: tuple[Any, ...] = ([], {}, None, [1, 2], ["1", "x", "y", "z"], [1, "x", {}, "y"], [1, "x", [], []])
    for content in contents:
        yield base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()
    yield from ("", " ", "=", "é", cursor[:-1], cursor + "A", cursor * 2, "\x00", "-" * 100)


def never_the_same(number: int) -> Body:
    """A request that differs from all others, of one of several kinds: what is kept of such must not add up."""
    return _KINDS[number % len(_KINDS)](number)


def _names(number: int, count: int) -> list[str]:
    return [f"organisation-{number}-of-thousands-{at}" for at in range(count)]


def _fields(number: int, count: int) -> str:
    return " ".join(f"a{number}x{at}: slug" for at in range(count))


_OF_A_FILTER = "query ($f: OrganisationFilter) { organisations(filter: $f, first: 5) { totalCount } }"
_OF_A_SEARCH = "query ($s: String) { organisations(search: $s, first: 5) { totalCount nodes { slug } } }"
_OF_IDS = "query ($v: [ID!]!) { nodes(ids: $v) { id } }"
_OF_A_CURSOR = "query ($c: String) { organisations(first: 1, after: $c) { totalCount } }"
_KINDS: tuple[Callable[[int], Body], ...] = (
    lambda n: {"query": f"{{ organisations(first: {n % 90 + 1}) {{ nodes {{ {_fields(n, 25)} }} }} }} #{'x' * 2_000}"},
    lambda n: {"query": _OF_A_FILTER, "variables": {"f": {"labels": _names(n, 40)}}},
    lambda n: {"query": f"{{ viewer {{ {_fields(n, 25).replace('slug', 'unknown')} }} }}"},
    lambda n: {"query": _OF_A_SEARCH, "variables": {"s": f"robotik {n}"}},
    lambda n: {"query": f'{{ organisation(slug: "{n}") {{ slug'},
    lambda n: {"query": _OF_IDS, "variables": {"v": _names(n, 50)}},
    lambda n: {"query": "{ viewer { " + f"roles{n} " * 100 + " } }"},
    lambda n: {"query": _OF_IDS, "variables": {"v": _names(n, 1_500)}},
    lambda n: {"query": _OF_A_CURSOR, "variables": {"c": f"{n}"}},
)
