"""What an installed registry consists of."""

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_wheel_carries_both_packages_and_the_migrations_under_one_of_them(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    names = zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist()
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"services", "graphql_api"}
    for branch in ("events", "registry", "notifier"):
        assert any(name.startswith(f"services/migrations/{branch}/") for name in names)
    assert {"services/py.typed", "graphql_api/py.typed"} <= set(names)
