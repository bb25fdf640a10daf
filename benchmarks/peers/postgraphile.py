"""The subject to beat: PostGraphile 5 over the same database, in one process, as it is run in production."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.peers.questions import Question
from benchmarks.peers.statements import CONNECTIONS
from benchmarks.peers.subjects import Subject
from benchmarks.processes import started
from benchmarks.provisions import CACHE, Unavailable, call, say

NAME = "postgraphile"
VERSION = "5.1.5"
_PACKAGES = {"postgraphile": VERSION, "pg": "8.23.1"}
_NODE = "22.23.3"
_LEAST_NODE = 22
_FOLDER = CACHE / f"postgraphile-{VERSION}"
_PROGRAM = Path(__file__).with_suffix(".mjs")


@contextmanager
def postgraphile(database_url: str) -> Iterator[Subject]:
    """PostGraphile in a process; its packages are installed when they are not there."""
    node = _installed()
    production = {"NODE_ENV": "production", "GRAPHILE_ENV": "production"}
    words = [str(node), str(_PROGRAM), str(_FOLDER), database_url, str(CONNECTIONS)]
    with started(words, production) as server:
        yield Subject(NAME, f"PostGraphile {VERSION}", server, _ask)


def _ask(question: Question, variables: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return "/graphql", {"query": question.postgraphile, "variables": variables}


def _installed() -> Path:
    """The Node.js to run it with."""
    own = _machines_node()
    node = own or _FOLDER / "node_modules" / "node" / "bin" / "node"
    if not (_FOLDER / "node_modules" / "postgraphile").is_dir() or not node.exists():
        _install(with_node=own is None)
    return node


def _machines_node() -> Path | None:
    found = shutil.which("node")
    if not found:
        return None
    major = call([found, "--version"]).removeprefix("v").partition(".")[0]
    return Path(found) if int(major) >= _LEAST_NODE else None


def _install(*, with_node: bool) -> None:
    if not shutil.which("npm"):
        raise Unavailable("PostGraphile comes from npm, which is not installed")
    say(f"installing PostGraphile {VERSION} with npm into {_FOLDER.name} (once)")
    # Node.js is a package too. It puts its program in place by a script, which newer npm runs only where it is named.
    packages = _PACKAGES | ({"node": _NODE} if with_node else {})
    manifest = {"private": True, "dependencies": packages, "allowScripts": {"node": True}}
    _FOLDER.mkdir(parents=True, exist_ok=True)
    (_FOLDER / "package.json").write_text(json.dumps(manifest))
    words = ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"]
    call(words, cwd=_FOLDER, env=os.environ | {"NODE_ENV": ""})
