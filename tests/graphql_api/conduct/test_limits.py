"""Limits on requests: each has a code of its own and stands in the guide."""

import re
import time
from typing import Any

import pytest

from graphql_api import limits
from graphql_api.export import GUIDE
from graphql_api.read_model.paging import LARGEST_PAGE
from services.settings import Settings
from tests.graphql_api.door import Door

pytestmark = pytest.mark.anyio

LINKS = "relations { organisation { "


def repeated(field: str, times: int) -> str:
    return "{ organisations(first: 1) { " + f"{field} " * times + "} }"


OVER: dict[str, tuple[str, dict[str, Any] | None]] = {
    "LENGTH_LIMIT": ("{ viewer { roles } } #" + "x" * limits.LONGEST, None),
    "TOKEN_LIMIT": ("{ viewer { " + "roles " * limits.MOST_TOKENS + " } }", None),
    "DEPTH_LIMIT": ('{ organisation(slug: "x") { ' + LINKS * 8 + "slug" + " } }" * 8 + " } }", None),
    "ROOT_FIELD_LIMIT": ("{ " + " ".join(f"a{n}: viewer {{ roles }}" for n in range(11)) + " }", None),
    "ALIAS_LIMIT": ("{ viewer { " + " ".join(f"a{n}: roles" for n in range(31)) + " } }", None),
    "REPETITION_LIMIT": (repeated("nodes { slug title { text } }", 150), None),
    "COST_LIMIT": ("{ organisations(first: 100) { nodes { " + LINKS * 6 + "slug" + " } }" * 6 + " } } }", None),
    "VARIABLES_LIMIT": ("query ($i: [ID!]!) { nodes(ids: $i) { id } }", {"i": ["x" * 100] * 400}),
    "INVALID_PAGE": ("{ organisations(first: 101) { totalCount } }", None),
}


@pytest.mark.parametrize("code", OVER)
async def test_every_limit_has_a_code_of_its_own(door: Door, code: str) -> None:
    query, variables = OVER[code]
    answer = await door.ask(query, variables)
    codes = {error["extensions"]["code"] for error in answer.json()["errors"]}
    assert codes == {code}
    assert answer.json().get("data") is None


async def test_what_is_just_within_the_limits_is_answered(door: Door) -> None:
    within = {
        "length": "{ viewer { roles } } #".ljust(limits.LONGEST, "x"),
        "depth": '{ organisation(slug: "x") { ' + LINKS * 6 + "relations { kind }" + " } }" * 6 + " } }",
        "root fields": "{ " + " ".join(f"a{n}: viewer {{ roles }}" for n in range(10)) + " }",
        "aliases": "{ viewer { " + " ".join(f"a{n}: roles" for n in range(30)) + " } }",
        "page": f"{{ organisations(first: {LARGEST_PAGE}) {{ totalCount }} }}",
        "repetition": repeated("nodes { slug title { text } }", 20),
    }
    for name, query in within.items():
        answer = await door.ask(query)
        assert answer.status_code == 200, (name, answer.text)
        assert "errors" not in answer.json(), (name, answer.text)


async def test_every_error_of_a_document_is_told_up_to_a_number(door: Door) -> None:
    answer = await door.ask("{ viewer { " + " ".join(f"unknown{n}" for n in range(500)) + " } }")
    assert answer.status_code == 400
    assert len(answer.json()["errors"]) == limits.MOST_ERRORS + 1  # and that there are more


def test_the_limits_in_the_guide_are_those_of_the_code() -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    rows = re.findall(r"^\| [^|]+ \| ([^|]+) \| `([A-Z_]+)` \|$", guide, re.MULTILINE)
    told = {code: figure for figure, code in rows}
    settings = Settings()
    expected = {
        "LENGTH_LIMIT": f"{limits.LONGEST:,}",
        "TOKEN_LIMIT": f"{limits.MOST_TOKENS:,}",
        "DEPTH_LIMIT": f"{limits.DEEPEST}",
        "ROOT_FIELD_LIMIT": f"{limits.MOST_ROOT_FIELDS}",
        "ALIAS_LIMIT": f"{limits.MOST_ALIASES}",
        "REPETITION_LIMIT": f"{limits.MOST_COMPARISONS:,}",
        "INVALID_PAGE": f"{LARGEST_PAGE}",
        "TIME_LIMIT": f"`DWR_GRAPHQL_SECONDS` ({settings.graphql_seconds:g})",
        "BODY_TOO_LARGE": f"`DWR_MAX_BODY_BYTES` ({settings.max_body_bytes // 2**20} MiB)",
    }
    assert {code: told.get(code) for code in expected} == expected
    assert f"may cost {settings.graphql_cost_limit:,} points" in guide
    assert f"{settings.graphql_budget_per_minute:,} a minute" in guide


async def test_the_largest_cost_is_far_below_the_time_limit(door: Door) -> None:
    leaves = " ".join(f"a{n}: slug" for n in range(25)) + " title { text } kinds establishments { name }"
    query = (
        # Introspection is left to the ordinary execution, and with it all of the rest.
        "{ __schema { queryType { name } } "
        "organisations(first: 100) { nodes { ...L relations { organisation { ...L } } } } } "
        f"fragment L on Organisation {{ {leaves} }}"
    )
    free = Door(door.model, settings=Settings(graphql_cost_limit=1_000_000))
    began = time.monotonic()
    answer = await free.ask(query)
    seconds, points = time.monotonic() - began, answer.json()["extensions"]["cost"]["requested"]
    assert seconds * Settings().graphql_cost_limit / points < Settings().graphql_seconds
