"""A deliverer alone in a process, with the settings of the environment, until it is killed."""

import signal

from services.database import open_engine
from services.notifier.delivery import Deliverer
from services.settings import Settings

if __name__ == "__main__":
    settings = Settings()
    Deliverer(settings, open_engine(settings.effective_notifier_database_url)).start()
    signal.pause()
