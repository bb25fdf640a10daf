"""What benchmarks need of this machine, by the means of the test servers."""

import sys
from pathlib import Path

_FOLDER = Path(__file__).resolve().parents[1] / "deploy" / "test-servers"
sys.path.append(str(_FOLDER))  # a folder of scripts, not a package

from machine import CACHE, Unavailable, call, install, say  # noqa: E402

__all__ = ["CACHE", "SERVERS", "Unavailable", "call", "install", "say"]

SERVERS = _FOLDER / "servers.py"
"""The program that runs a command with servers beside it."""
