"""Trying one command among others of a transaction: one that fails takes back its own rows and positions alone."""

from collections.abc import Callable
from typing import TypeVar

from services.problems import Problem
from services.registry.unit import Unit

Result = TypeVar("Result")


def attempt(unit: Unit, work: Callable[[], Result]) -> Result:
    """The work's result. Raises the Problem that it raised, after everything it wrote was taken back."""
    mark, savepoint = unit.log.checkpoint(), unit.connection.begin_nested()
    try:
        result = work()
    except Problem:
        savepoint.rollback()
        unit.log.back_to(mark)
        raise
    savepoint.commit()
    return result
