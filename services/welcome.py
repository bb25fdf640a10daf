"""What `dwr up` prints once it serves: the addresses, and calls to paste into another terminal."""

import sys
from pathlib import Path

from services.settings import Settings

# ruff: noqa: E501 - a command to paste stands on one line
_TEXT = r"""
The registry serves at {address}

  {address}/graphql         GraphQL, with example operations to try
  {address}/registry/docs   register, change and publish organisations
  {address}/events/docs     the change feed and snapshots
  {address}/notifier/docs   saved searches, delivered as webhooks

Try it, in another terminal:

# five coworkings of the province of Namur
curl -s {address}/graphql -H 'Content-Type: application/json' -d '{{"query": "{{ organisations(first: 5, filter: {{kinds: [coworking], provinces: [\"BE-WNA\"]}}) {{ totalCount nodes {{ slug title {{ text }} }} }} }}"}}'

# the first changes of the log
curl -s '{address}/events/v1/feed?after=1-0&limit=3'

# the profiles that wait for a moderator
curl -s '{address}/registry/v1/organisations?state=submitted' -H "Authorization: Bearer {token}"

Ctrl-C stops it; the data stays in {data_dir}/.
"""


def welcome(settings: Settings) -> str:
    """The text for the terminal."""
    token = "<access token>" if settings.oidc_issuer else f"$({_command()} token --role moderator)"
    return _TEXT.format(address=settings.effective_public_url, token=token, data_dir=settings.data_dir)


def _command() -> str:
    """How this program was started, so that the example can be pasted."""
    started = Path(sys.argv[0])
    return str(started) if started.name == "dwr" else "dwr"
