"""A SQLite file that is exchanged under a running process is followed: nothing is written into one that is gone."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from services.database import open_engine, reading


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "some.sqlite"


@pytest.fixture
def opened(file: Path) -> Engine:
    engine = open_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE word (word TEXT)"))
    return engine


def _words(engine: Engine) -> list[str]:
    with reading(engine) as connection:
        return list(connection.execute(text("SELECT word FROM word")).scalars())


def _say(engine: Engine, word: str) -> None:
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO word VALUES (:word)"), {"word": word})


def test_what_is_written_after_the_exchange_is_in_the_new_file(file: Path, opened: Engine, tmp_path: Path) -> None:
    opened.dispose()
    shutil.copy(file, tmp_path / "backup.sqlite")
    _say(opened, "lost")

    (tmp_path / "backup.sqlite").replace(file)
    for log in ("-wal", "-shm"):
        Path(f"{file}{log}").unlink(missing_ok=True)

    assert _words(opened) == []
    _say(opened, "kept")
    other = open_engine(f"sqlite:///{file}")
    assert _words(other) == ["kept"]
    other.dispose()
    opened.dispose()


def test_a_file_that_is_gone_is_not_made_anew(file: Path, opened: Engine) -> None:
    file.unlink()
    with pytest.raises(OperationalError, match=r"some\.sqlite is gone"):
        _words(opened)
    assert not file.exists()
    opened.dispose()
