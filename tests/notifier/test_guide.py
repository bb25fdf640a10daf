"""The receiver in the guide works as it stands there."""

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from services.notifier.signing import new_secret, signed_headers
from tests.events.entries import organisation_id
from tests.notifier.support.world import World
from tests.support.waiting import eventually

OTHER = "whsec_b3RoZXItb3RoZXItb3RoZXItb3RoZXIu"
GUIDE = Path(__file__).resolve().parents[2] / "docs" / "webhooks.md"
VERIFICATION, RECEIVER = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_receiver_of_the_guide_takes_messages_and_tells_them(world: World, tmp_path: Path) -> None:
    port = _free_port()
    search = world.save(f"http://127.0.0.1:{port}/")
    with _receiver_of_the_guide(tmp_path, search["secret"], port) as told:
        world.ecosystem.publish(1)
        world.match()
        with world.delivering():
            world.wait_for_states(search, "delivered")
        assert told.readline() == f"entered organisation/{organisation_id(1)} 1\n"


@pytest.mark.parametrize(
    ("changes", "problem"),
    [({"secret": OTHER}, "not signed"), ({"body": b"other"}, "not signed"), ({"timestamp": 1}, "too old")],
)
def test_the_verification_of_the_guide_refuses_what_was_changed(changes: dict[str, Any], problem: str) -> None:
    guide: dict[str, Any] = {}
    exec(VERIFICATION, guide)  # noqa: S102 - this is the guide's own code
    secret, body, now = new_secret(), b"{}", int(guide["time"].time())
    headers = signed_headers("delivery-a", changes.get("timestamp", now), body, [secret])
    with pytest.raises(ValueError, match=problem):
        guide["verify"](changes.get("secret", secret), headers, changes.get("body", body))
    guide["verify"](secret, signed_headers("delivery-a", now, body, [new_secret(), secret]), body)


@contextmanager
def _receiver_of_the_guide(folder: Path, secret: str, port: int) -> Iterator[Any]:
    script = folder / "receiver.py"
    script.write_text(f"{VERIFICATION}\n{RECEIVER}", encoding="utf-8")
    command = [sys.executable, str(script), secret, str(port)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            eventually(lambda: _is_open(port))
            yield process.stdout
        finally:
            process.kill()


def _is_open(port: int) -> bool:
    with socket.create_connection(("127.0.0.1", port), 1):
        return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
