"""What a process of one role does without."""

import subprocess
import sys

import pytest

_LOADED = """
import sys
from services.composition import Role, compose
from services.settings import Settings
compose(Settings(registry_url="http://registry.example", data_dir=sys.argv[2]), frozenset({Role(sys.argv[1])})).app
print(*{name.partition(".")[0] for name in sys.modules})
"""


@pytest.mark.parametrize(
    ("role", "used", "unused"),
    [
        ("graphql", {"strawberry", "pyroaring"}, {"fastapi", "sqlalchemy", "alembic", "kafka", "shapely"}),
        ("notifier", {"sqlalchemy"}, {"strawberry", "pyroaring", "kafka", "shapely"}),
        ("registry", {"sqlalchemy", "shapely"}, {"strawberry", "pyroaring", "kafka"}),
    ],
)
def test_it_loads_no_library_that_only_others_use(
    role: str, used: set[str], unused: set[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    command = [sys.executable, "-c", _LOADED, role, str(tmp_path_factory.mktemp("data"))]
    loaded = set(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split())
    assert used <= loaded
    assert not unused & loaded
