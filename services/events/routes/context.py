"""What the endpoints share."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy import Engine

from services.access.roles import Caller
from services.access.rules import Action, decide, require
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import View
from services.events.feed.places import StreamPlaces
from services.events.feed.waiting import Waiting
from services.events.snapshots.shelf import Shelf
from services.settings import Settings

POSITION = "DWR-Position"


@dataclass(frozen=True, slots=True)
class Context:
    """Settings, database, wake-ups, places for streams and kept snapshots of the application."""

    settings: Settings
    engine: Engine
    waiting: Waiting
    streams: StreamPlaces
    shelf: Shelf

    @property
    def public_url(self) -> str:
        """The address that links start with."""
        return self.settings.effective_public_url


async def _context(request: Request) -> Context:
    context: Context = request.app.state.context
    return context


CurrentContext = Annotated[Context, Depends(_context)]


def require_view(caller: Caller, view: View) -> None:
    """Raise Unauthenticated or Forbidden unless the caller may follow the view."""
    require(caller, _action(view))


def may_follow(caller: Caller, view: View) -> bool:
    """Whether the caller may follow the view."""
    return decide(caller, _action(view)).allowed


def _action(view: View) -> Action:
    return Action.FOLLOW_INTERNAL if view is View.INTERNAL else Action.FOLLOW_PUBLIC


def position_header(position: Position) -> dict[str, str]:
    """The header that tells the position that an answer was given at."""
    return {POSITION: str(position)}
