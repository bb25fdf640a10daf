"""A relay in a process of its own, to be killed: `python -m tests.events.relay.relay_process`."""

import threading

from services.database import open_engine
from services.events.log.signal import LogSignal
from services.events.relay.leases import Leases
from services.events.relay.relay import Relay
from services.settings import Settings


def main() -> None:
    settings = Settings()
    engine = open_engine(settings.effective_database_url)
    Relay(settings, engine, LogSignal(), leases=Leases(engine, settings.relay_slots, seconds=2)).start()
    threading.Event().wait()


if __name__ == "__main__":
    main()
