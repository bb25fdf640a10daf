"""The read model without a network: ready from a snapshot, memory for each organisation, log entries applied.

    python -m benchmarks.read_model
    python -m benchmarks.read_model --organisations 1000000

The snapshot comes as lines of JSON, as a follower gets it; reading them is part of the time, and so is the JSON of the
entries. Two processes load it, one after the other: the first writes the file of records, the second finds it. Memory
is what a process takes of its own more than before the snapshot, and the whole file, which all processes share. Each
entry changes one of several things; some withdraw an organisation or bring it back.
"""

import argparse
import gc
import multiprocessing
import tempfile
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import orjson

from benchmarks.organisations import organisations
from benchmarks.piped import read_line
from graphql_api.read_model.model import ReadModel
from graphql_api.read_model.store.folder import RecordFolder
from services.events.contracts.catalogue import ORGANISATION, Event
from services.events.contracts.entries import Entry, Json, Subject
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import Actor, Origin, Visibility
from services.events.following.protocol import Lines, Snapshot
from services.garbage import pace_search
from services.registry.demo import names
from services.registry.demo.words import EXPORT_COUNTRIES, MARKETS_SERVED

_PUBLISHED_MS = 1_795_564_800_000
_ENTRIES_AT_ONCE = 500
"""As many as the follower reads in one go."""
_WITHDRAWN_EVERY = 50
"""Every so many-th entry withdraws an organisation; its next one brings it back."""
_NO_GOAL = ("", "", "")
_GOALS = {
    10_000: (" (≤ 3 s)", "", " (≥ 15,000/s)"),
    1_000_000: (" (≤ 90 s)", " (≤ 0.5 and ≤ 1 KiB)", " (≥ 10,000/s)"),
}
"""For readiness, memory and entries."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--organisations", type=int, default=10_000)
    parser.add_argument("--entries", type=int, default=20_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "lines")
        _apart(_write, file, arguments.organisations, arguments.entries)
        _apart(_measure, file, arguments.organisations, "which writes the file")
        _apart(_measure, file, arguments.organisations, "which finds the file")


def _apart(work: Callable[..., None], *arguments: object) -> None:
    """Work in a process of its own: what it leaves behind is not the next one's memory."""
    process = multiprocessing.get_context("spawn").Process(target=work, args=arguments)
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit(process.exitcode)


def _measure(file: Path, asked: int, which: str) -> None:
    pace_search()  # as processes that serve do
    ready_goal, memory_goal, applied_goal = _GOALS.get(asked, _NO_GOAL)
    folder = file.with_name("records")
    with file.open("rb") as lines:
        model, before = ReadModel(folder=RecordFolder(folder)), _own_kib()
        began = time.perf_counter()
        records = Lines(iter(lines.readline, b"\n"), read_line)
        model.load(Snapshot(Position(1, asked), _PUBLISHED_MS, None, records))
        ready, count = time.perf_counter() - began, len(model.state)
        gc.collect()
        own, shared = _own_kib() - before, sum(file.stat().st_size for file in folder.iterdir()) / 1024
        print(f"a process {which}")
        print(f"  ready from a snapshot of {count:,} organisations: {ready:.1f} s{ready_goal}")
        print(f"  memory for each: {own / count:.2f} KiB of the process, {shared / count:.2f} in the file{memory_goal}")
        print(f"  log entries applied: {_applied(model, lines):,.0f}/s{applied_goal}")


def _applied(model: ReadModel, lines: Any) -> float:
    began, applied = time.perf_counter(), 0
    while batch := list(map(_entry, islice(lines, _ENTRIES_AT_ONCE))):
        model.apply(batch)
        applied += len(batch)
    return applied / (time.perf_counter() - began)


def _own_kib() -> int:
    """Memory of this process alone."""
    found = dict(line.split(":") for line in Path("/proc/self/smaps_rollup").read_text().splitlines()[1:])
    return int(found["Pss_Anon"].split()[0])


def _entry(line: bytes) -> Entry:
    record = orjson.loads(line)
    return Entry(
        position=Position(1, record["position"]),
        event_id=f"event-{record['position']}",
        event=Event.CHANGED,
        published_ms=_PUBLISHED_MS + record["position"],
        subject=Subject(ORGANISATION, record["id"]),
        version=record["version"],
        origin=Origin.ORGANISATION,
        actor=Actor.ORGANISATION,
        correlation_id=None,
        visibility=Visibility.STAYED if record["document"] else Visibility.LEFT,
        document=record["document"],
        changes=[],
        restricted=record["restricted"],
        restricted_changes=[],
        redirect=None,
    )


def _write(file: Path, count: int, entries: int) -> None:
    """Write a line for each organisation, an empty one, and a line for each entry."""
    draw = Random(7)  # noqa: S311 - made up, not secret
    chosen: list[Json] = []
    with file.open("wb") as output:
        for number, current in enumerate(organisations(count), 1):
            told = {"position": number, "version": 1, "document": current.document, "restricted": current.restricted}
            output.write(orjson.dumps(told) + b"\n")
            if draw.random() < entries / count:
                chosen.append(told)
        output.write(b"\n")
        for number in range(count + 1, count + entries + 1):
            output.write(orjson.dumps(_changed(chosen[number % len(chosen)], number, draw)) + b"\n")


def _changed(told: Json, number: int, draw: Random) -> Json:
    """The next state of an organisation: another one, or none where it is withdrawn for a while."""
    told["document"] = _CHANGES[number % len(_CHANGES)](told["document"], draw)
    told |= {"version": told["version"] + 1, "position": number}
    if number % _WITHDRAWN_EVERY:
        return told | {"id": told["document"]["id"]}
    return told | {"id": told["document"]["id"], "document": None, "restricted": None}


def _confirmed(document: Json, draw: Random) -> Json:
    return document | {"last_validated_on": f"2026-{draw.randint(1, 11):02d}-{draw.randint(1, 28):02d}"}


def _described(document: Json, draw: Random) -> Json:
    words = " ".join(names.root(draw.randrange(names.MOST), 1).lower() for _ in range(8))
    return document | {"short_description": {"fr": f"Une organisation qui parle de {words}."}}


def _renamed(document: Json, draw: Random) -> Json:
    title = {language: f"{names.root(draw.randrange(names.MOST), 1)} Nouveau" for language in document["title"]}
    return document | {"title": title}


def _classified(document: Json, draw: Random) -> Json:
    return document | {"categories": [{"scheme": "markets", "code": draw.choice(MARKETS_SERVED)[0]}]}


def _moved(document: Json, draw: Random) -> Json:
    point = {"longitude": draw.uniform(4.8, 4.95), "latitude": draw.uniform(50.4, 50.5)}
    address = {"locality": "Namur", "nis_code": "92094", "point": point}
    return document | {"establishments": [{"seat": True, "address": address}]}


def _exporting(document: Json, draw: Random) -> Json:
    markets = [{"country": country, "status": "active"} for country in draw.sample(EXPORT_COUNTRIES, 3)]
    share = {"percent": float(draw.randint(1, 100)), "year": 2026, "source": "declared"}
    return document | {"export": {"exports": "yes", "share": share, "markets": markets}}


_CHANGES = (_confirmed, _described, _renamed, _classified, _moved, _exporting)


if __name__ == "__main__":
    main()
