"""Wiring: what a process runs, and the one ASGI application in front of it. The only place that knows every part.

Each role has a module here, imported where a process has that role: what it does without it does not load either.
"""

from importlib import import_module

from services.access.authenticator import authenticator_for
from services.composition.process import ALL_ROLES, Process, Role
from services.settings import Settings

__all__ = ["ALL_ROLES", "Process", "Role", "compose"]


def compose(settings: Settings, roles: frozenset[Role] = ALL_ROLES) -> Process:
    """The parts of a process with these roles, wired and not yet started.

    Raises InvalidInput where a role that runs apart is not told where the registry is.
    """
    process = Process(settings, roles, authenticator_for(settings))
    needed = ["log_database"] if process.has_log_database else []
    for name in (*needed, *(role for role in Role if role in roles)):
        import_module(f"{__name__}.{name}").add(process)
    return process
