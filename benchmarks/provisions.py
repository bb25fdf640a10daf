"""What benchmarks need of this machine, by the means of the test servers."""

import sys
from pathlib import Path

_FOLDER = Path(__file__).resolve().parents[1] / "deploy" / "test-servers"
sys.path.append(str(_FOLDER))  # a folder of scripts, not a package

from kafka_node import Node, properties  # noqa: E402
from machine import CACHE, Unavailable, call, free_port, install, say  # noqa: E402

__all__ = ["CACHE", "SERVERS", "Node", "Unavailable", "call", "free_port", "install", "properties", "say"]

SERVERS = _FOLDER / "servers.py"
"""The program that runs a command with servers beside it."""
