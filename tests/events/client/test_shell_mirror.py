"""The example with curl mirrors the registry and proves it."""

import subprocess
from pathlib import Path

from tests.events.entries import Ecosystem, organisation_id

SCRIPT = Path(__file__).parents[3] / "deploy" / "examples" / "mirror.sh"


def run(address: str, folder: Path) -> tuple[int, str]:
    done = subprocess.run([SCRIPT, address, folder], capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout + done.stderr


def test_it_is_complete_at_every_run(ecosystem: Ecosystem, address: str, tmp_path: Path) -> None:
    folder = tmp_path / "mirror"
    ecosystem.fill(3)
    ecosystem.publish(4, description={"fr": 'L’été à Liège\n\t"ici" \\ € 🎈'}, point={"lat": 50.4674, "lon": 4.0})
    status, told = run(address, folder)
    assert (status, told.split(",")[0]) == (0, "complete at 1-4"), told
    ecosystem.publish(1, size_class="micro")
    ecosystem.hide(9)
    ecosystem.archive(2)
    status, told = run(address, folder)
    assert (status, told.split(",")[0]) == (0, "complete at 1-7"), told
    names = {file.stem for file in (folder / "organisations").iterdir()}
    assert names == {organisation_id(number) for number in (1, 3, 4)}


def test_it_goes_back_with_a_registry_that_was_restored(ecosystem: Ecosystem, address: str, tmp_path: Path) -> None:
    folder = tmp_path / "mirror"
    ecosystem.fill(2)
    with ecosystem.restored_to_now():
        ecosystem.fill(2, first=20)
        assert run(address, folder)[0] == 0
    ecosystem.publish(30)
    status, told = run(address, folder)
    assert (status, told.split(",")[0]) == (0, "complete at 2-3"), told


def test_what_was_changed_by_hand_is_found(ecosystem: Ecosystem, address: str, tmp_path: Path) -> None:
    folder = tmp_path / "mirror"
    ecosystem.fill(2)
    run(address, folder)
    next((folder / "organisations").iterdir()).unlink()
    status, told = run(address, folder)
    assert status == 1
    assert told.startswith("differs at 1-2")


def test_a_registry_that_does_not_answer_is_told(tmp_path: Path) -> None:
    status, told = run("http://127.0.0.1:1", tmp_path / "mirror")
    assert (status, "curl" in told) == (2, True)
    assert not (tmp_path / "mirror" / "position").exists()
