"""Databases of a process."""

from sqlalchemy import Engine

from services.composition.process import Process
from services.database import open_engine


def engine_of(process: Process, url: str) -> Engine:
    """The engine of that database; parts that use the same one share it."""
    if url not in process.engines:
        process.engines[url] = open_engine(url)
    return process.engines[url]


def log_engine(process: Process) -> Engine:
    """The engine of the registry's database, where the log is."""
    return engine_of(process, process.settings.effective_database_url)
