"""Node.js and packages for it, installed by npm into the cache folder."""

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from machine import CACHE, Unavailable, call, install, say

LEAST_NODE = 18
_OWN_NODE = "22.23.3"
"""Version of the npm package `node`, used where the machine's own is too old."""
_QUIET = ("--no-audit", "--no-fund", "--loglevel=error")


def node() -> Path:
    """The Node.js to run programs with, installed when it is missing. `Unavailable` where none can be had."""
    if not (shutil.which("npm") and shutil.which("node")):
        install("nodejs", "npm")
    found = Path(shutil.which("node") or "node")
    version = re.match(r"v(\d+)", call([found, "--version"]))
    return found if version and int(version[1]) >= LEAST_NODE else _own_node()


def packages(manifest: Path) -> Path:
    """The cache folder with the packages that `package.json` and the lock beside it name, by their pinned digests."""
    lock = manifest.with_name("package-lock.json")
    digest = hashlib.sha256(manifest.read_bytes() + lock.read_bytes()).hexdigest()[:12]

    def fill(folder: Path) -> None:
        shutil.copy(manifest, folder)
        shutil.copy(lock, folder)
        call(["npm", "ci", "--ignore-scripts", *_QUIET], cwd=folder, env=_as_developer())

    return _filled(f"{manifest.parent.name}-{digest}", fill)


def _own_node() -> Path:
    # The package puts the program in place by a script, which newer npm runs only where it is named.
    manifest = {"private": True, "dependencies": {"node": _OWN_NODE}, "allowScripts": {"node": True}}

    def fill(folder: Path) -> None:
        (folder / "package.json").write_text(json.dumps(manifest))
        call(["npm", "install", "--no-package-lock", *_QUIET], cwd=folder, env=_as_developer())

    program = _filled(f"node-{_OWN_NODE}", fill) / "node_modules" / "node" / "bin" / "node"
    if not program.exists():
        raise Unavailable(f"the npm package node {_OWN_NODE} brought no program")
    return program


def _as_developer() -> dict[str, str]:
    return os.environ | {"NODE_ENV": ""}


def _filled(name: str, fill: Callable[[Path], None]) -> Path:
    """The cache folder `name`, filled unless an earlier run has done so."""
    folder = CACHE / name
    if folder.exists():
        return folder
    say(f"fetching {name} with npm (once)")
    CACHE.mkdir(exist_ok=True)
    # Filled under another name first: an interrupted download never looks like a finished one.
    with tempfile.TemporaryDirectory(dir=CACHE) as part:
        inner = Path(part, name)
        inner.mkdir()
        fill(inner)
        try:
            inner.rename(folder)
        except OSError:
            if not folder.exists():  # else another run was faster
                raise
    return folder
