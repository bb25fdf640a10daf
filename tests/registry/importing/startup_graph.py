"""The real Belgian start-up graph of 2016 as a file for `dwr import organisations`.

How its nodes and edges become organisations and links:

- *Company*: kind `company`, and `start_up` as well when a fund or an institute stands behind it. *Fund*: `investor`.
- *Institute*: by a word of its name `research_centre`, `public_body` or `cluster`, else `incubator`.
- Nodes of one name are one organisation with several kinds: kinds do not exclude one another.
- An edge from a fund is an `investor` of where it leads, one from an institute to a company its `incubator`, and any
  other a `partner`. An edge that is said twice is one link.

The graph has names alone, so each organisation is public with more information asked for.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from services.reference.communes import fold_name

SOURCE = "startup-graph-2016"
GRAPH = "real/startups/belgian_startup_graph_2016_no_persons.json"
_INSTITUTES = (
    ("research_centre", {"imec", "iminds", "cetic", "multitel"}),
    ("public_body", {"agence", "investment", "flandersdc"}),
    ("cluster", {"cluster", "agoria", "feweb", "iab", "union"}),
)
LOOK_ALIKE = frozenset({"Hummingbird Ventures", "Hummingbird Ventures I", "Hummingbird Ventures II"})
"""Names that look like another one of the graph and are of another organisation, as somebody saw who compared them."""

Node = dict[str, Any]


def startup_graph_jsonl(shared: Path, folder: Path) -> Path:
    """Write the graph as JSON Lines into the folder, under the name that its source has; gives back the file."""
    graph = json.loads((shared / GRAPH).read_text(encoding="utf-8"))
    file = folder / f"{SOURCE}.jsonl"
    rows = organisations(graph)
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return file


def organisations(graph: dict[str, list[Node]]) -> Iterator[Node]:
    """The rows, one for each name."""
    nodes = {node["id"]: node for node in graph["nodes"]}
    names: dict[str, list[Node]] = {}
    for node in graph["nodes"]:
        names.setdefault(_name(node), []).append(node)
    links = _links(graph["edges"], nodes, names)
    backed = {edge["to"] for edge in graph["edges"] if nodes[edge["from"]]["group"] != "Company"}
    for name, same in names.items():
        yield _row(same, links.get(name, {}), backed)


def _row(same: list[Node], links: dict[tuple[str, str], None], backed: set[str]) -> Node:
    title = same[0]["title"].strip()
    row: Node = {
        "ref": same[0]["id"],
        "publish": True,
        "title": {"fr": title},
        "profiles": {kind: {} for node in same for kind in _kinds(node, backed)},
        "relations": [{"kind": kind, "target_ref": ref} for kind, ref in links],
    }
    return row | {"distinct": True} if title in LOOK_ALIKE else row


def _links(
    edges: list[Node], nodes: dict[str, Node], names: dict[str, list[Node]]
) -> dict[str, dict[tuple[str, str], None]]:
    """For each name the kinds of its links and the refs that they lead to, each once and in the edges' order."""
    links: dict[str, dict[tuple[str, str], None]] = {}
    for edge in edges:
        source, target = nodes[edge["from"]], nodes[edge["to"]]
        ref = names[_name(source)][0]["id"]
        links.setdefault(_name(target), {})[_link_kind(source, target), ref] = None
    return links


def _kinds(node: Node, backed: set[str]) -> tuple[str, ...]:
    if node["group"] == "Company":
        return ("company", "start_up") if node["id"] in backed else ("company",)
    return ("investor",) if node["group"] == "Fund" else (_institute_kind(node),)


def _institute_kind(node: Node) -> str:
    words = set(fold_name(node["title"]).split())
    return next((kind for kind, telling in _INSTITUTES if words & telling), "incubator")


def _link_kind(source: Node, target: Node) -> str:
    if source["group"] == "Fund":
        return "investor"
    return "incubator" if source["group"] == "Institute" and target["group"] == "Company" else "partner"


def _name(node: Node) -> str:
    return fold_name(node["title"])
