"""The notifier: matching, and delivery."""

from services.composition.databases import engine_of
from services.composition.following import follow
from services.composition.process import Process, Role
from services.notifier.app import create_app
from services.notifier.delivery import Deliverer
from services.notifier.matching import Matcher


def add(process: Process) -> None:
    """Add it to the process."""
    settings = process.settings
    engine = engine_of(process, settings.effective_notifier_database_url)
    deliverer = Deliverer(settings, engine)
    process.parts.append(deliverer)
    follow(process, Matcher(settings, engine, deliverer.wake), Role.NOTIFIER)
    process.routes["/notifier"] = create_app(settings, engine, process.authenticator, wake=deliverer.wake)
